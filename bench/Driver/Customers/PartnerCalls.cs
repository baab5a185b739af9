using System.Security.Cryptography;
using System.Text;
using Marketplace.Driver.Load;

namespace Marketplace.Driver.Customers;

/// <summary>The calls of the Partner API as Vercel makes them: each change has an Idempotency-Key of its own.</summary>
internal sealed class PartnerCalls(Purchase purchase)
{
    private readonly byte[] plansPath = Encoding.UTF8.GetBytes($"GET /v1/products/{purchase.Product}/plans");
    private readonly byte[] provisionBody = Encoding.UTF8.GetBytes(
        $$"""{"productId":"{{purchase.Product}}","billingPlanId":"{{purchase.Plan}}","metadata":{{purchase.Metadata}},"name":"resource-""");
    private readonly byte[] keyPrefix = Encoding.UTF8.GetBytes($"Idempotency-Key: {Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8))}-");
    private long keys;

    /// <summary>How many changes were asked for.</summary>
    public long KeysUsed => Interlocked.Read(ref keys);

    public void Plans(RequestBuffer request, Customer customer) => request.Start(plansPath).Add(customer.SystemHead).End();

    public void Install(RequestBuffer request, Customer customer)
    {
        var number = Key(request.Start("PUT /v1/installations/"u8).Add(customer.Installation).Add(customer.UserHead));
        request.StartBody()
            .Add("""{"scopes":["read-write:integration-resource"],"acceptedPolicies":{"eula":"2026-01-01T00:00:00Z","privacy":"2026-01-01T00:00:00Z"},"credentials":{"token_type":"Bearer","access_token":"an-access-token-of-usual-length-"""u8)
            .Add(number)
            .Add("\"},\"account\":{\"name\":\"Ada's Team\",\"url\":\"https://vercel.com/adas-team\",\"contact\":{\"email\":\"ada@example.com\",\"name\":\"Ada\"}}}"u8)
            .EndBody();
    }

    public void Provision(RequestBuffer request, Customer customer)
    {
        var number = Key(
            request.Start("POST /v1/installations/"u8).Add(customer.Installation).Add("/resources"u8).Add(customer.UserHead));
        request.StartBody().Add(provisionBody).Add(number).Add("\"}"u8).EndBody();
    }

    public void GetResource(RequestBuffer request, Customer customer, byte[] resource) =>
        Resource(request, "GET"u8, customer, resource, customer.SystemHead).End();

    public void Rename(RequestBuffer request, Customer customer, byte[] resource)
    {
        var number = Key(Resource(request, "PATCH"u8, customer, resource, customer.UserHead));
        request.StartBody().Add("""{"name":"renamed-"""u8).Add(number).Add("\"}"u8).EndBody();
    }

    public void DeleteResource(RequestBuffer request, Customer customer, byte[] resource)
    {
        Key(Resource(request, "DELETE"u8, customer, resource, customer.UserHead));
        request.End();
    }

    public void Uninstall(RequestBuffer request, Customer customer)
    {
        Key(request.Start("DELETE /v1/installations/"u8).Add(customer.Installation).Add(customer.UserHead));
        request.StartBody().Add("""{"cascadeResourceDeletion":false,"reason":"no longer needed"}"""u8).EndBody();
    }

    private static RequestBuffer Resource(
        RequestBuffer request, ReadOnlySpan<byte> method, Customer customer, byte[] resource, byte[] head) =>
        request.Start(method).Add(" /v1/installations/"u8).Add(customer.Installation).Add("/resources/"u8).Add(resource).Add(head);

    private long Key(RequestBuffer request)
    {
        var number = Interlocked.Increment(ref keys);
        request.Add(keyPrefix).Add(number).Add("\r\n"u8);
        return number;
    }
}

/// <summary>What every customer buys.</summary>
/// <param name="Plan">One without a limit of resources.</param>
/// <param name="Metadata">JSON.</param>
internal sealed record Purchase(string Product, string Plan, string Metadata);
