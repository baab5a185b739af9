using System.Text;
using Marketplace.Driver.Customers;
using Marketplace.Driver.Load;

namespace Marketplace.Driver.Servers;

/// <summary>
/// A server that leaves out what it promises is fast. Before the measurement one customer sees that the promises hold, and after it
/// the database is asked whether they were kept for every request.
/// </summary>
internal static class Guarantees
{
    public static async Task Hold(Contender server, Customer customer, Customer stranger, CancellationToken cancel)
    {
        using var connection = new Connection();
        await connection.Open(server.BaseUrl, cancel);
        var (calls, request) = (server.Calls, new RequestBuffer());

        calls.Install(request, customer);
        await Twice(connection, request, 200, "PUT installation", cancel);
        calls.Provision(request, customer);
        var bought = await Twice(connection, request, 200, "POST resource", cancel);
        await SameKeyForAnother(connection, request, cancel);
        var (resource, secret) = Read(bought);

        calls.GetResource(request, stranger, resource);
        ToPathOf(request, stranger, customer);
        await Once(connection, request, 403, "GET resource with the token of another installation", cancel);
        calls.Rename(request, customer, resource);
        var renamed = await Twice(connection, request, 200, "PATCH resource", cancel);
        calls.GetResource(request, customer, resource);
        var seen = await Once(connection, request, 200, "GET resource", cancel);
        Must(Encoding.UTF8.GetString(renamed).Contains("renamed-", StringComparison.Ordinal)
            && seen.AsSpan().SequenceEqual(renamed), "GET resource shows what PATCH resource answered");
        Must(!Encoding.UTF8.GetString(seen).Contains(secret, StringComparison.Ordinal), "GET resource shows no secret");

        calls.DeleteResource(request, customer, resource);
        await Twice(connection, request, 204, "DELETE resource", cancel);
        calls.GetResource(request, customer, resource);
        await Once(connection, request, 404, "GET resource after its deletion", cancel);
        calls.Uninstall(request, customer);
        await Twice(connection, request, 200, "DELETE installation", cancel);
    }

    public static async Task WereKept(Contender server, CancellationToken cancel)
    {
        var keys = server.Calls.KeysUsed;
        Must(await Rows("idempotency_record where status_code is not null") == keys, $"each of {keys} keys has its answer stored");
        // So many characters do not come about by chance, however much ciphertext there is.
        Must(await Rows("idempotency_record where position('\"productId\"'::bytea in body) > 0") == 0, "stored answers are encrypted");
        Must(await Rows("secret_generation where position('\"Name\":\"'::bytea in secrets) > 0") == 0, "secrets are encrypted");
        Must(await Rows("domain_event") >= keys, $"each of {keys} changes is in the audit");

        Task<long> Rows(string of) => server.Database.Count($"select count(*) from {of}", cancel);
    }

    /// <summary>The same bytes again are answered with the same bytes.</summary>
    private static async Task<byte[]> Twice(
        Connection connection, RequestBuffer request, int status, string call, CancellationToken cancel)
    {
        var first = await Once(connection, request, status, call, cancel);
        var second = await Once(connection, request, status, $"{call}, repeated,", cancel);
        Must(first.AsSpan().SequenceEqual(second), $"{call}, repeated, gets the first answer");
        return first;
    }

    private static async Task SameKeyForAnother(Connection connection, RequestBuffer request, CancellationToken cancel)
    {
        var name = request.Bytes.Span.LastIndexOf("resource-"u8);
        request.Written[name] = (byte)'R';
        await Once(connection, request, 409, "POST resource with a key of another request", cancel);
    }

    private static async Task<byte[]> Once(
        Connection connection, RequestBuffer request, int status, string call, CancellationToken cancel)
    {
        var length = await connection.Exchange(request.Bytes, cancel);
        var answer = connection.Last(length);
        answer.MustBe(status, call);
        return answer.Body.ToArray();
    }

    private static void ToPathOf(RequestBuffer request, Customer from, Customer to) =>
        to.Installation.CopyTo(request.Written[request.Bytes.Span.IndexOf(from.Installation)..]);

    private static (byte[] Id, string Secret) Read(byte[] bought)
    {
        using var json = System.Text.Json.JsonDocument.Parse(bought);
        var secrets = json.RootElement.GetProperty("secrets");
        Must(secrets.GetArrayLength() > 0, "POST resource hands over secrets");
        return (Encoding.UTF8.GetBytes(json.RootElement.GetProperty("id").GetString()!), secrets[0].GetProperty("value").GetString()!);
    }

    private static void Must(bool holds, string what)
    {
        if (!holds)
            throw new WrongAnswerException($"It does not hold that {what}.");
    }
}
