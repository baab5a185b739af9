using System.Text.Json.Nodes;
using Marketplace.Integration.Transfers;

namespace Marketplace.Integration.Authentication;

/// <summary>One row of contract §A.1's table: an endpoint, who may call it, and how it is called rightly.</summary>
/// <param name="Prepare">Makes whatever the call is about, so that the call, by whom the contract names, succeeds.</param>
internal sealed record PartnerRoute(
    string Method, string Pattern, bool TakesPeople, bool TakesVercel, Func<Acme, Task<PartnerCall>> Prepare)
{
    private const string Installation = "/v1/installations/{installationId}";
    private const string Resource = Installation + "/resources/{resourceId}";
    private const string Transfer = Installation + "/resource-transfer-requests/{providerClaimId}";

    /// <summary>The whole table, as the contract has it.</summary>
    public static readonly IReadOnlyList<PartnerRoute> All =
    [
        new("PUT", Installation, TakesPeople: true, TakesVercel: false, acme => OfInstallation(acme, "", Requests.Upsert())),
        new("PATCH", Installation, TakesPeople: true, TakesVercel: false, acme => OfInstallation(acme, "", [])),
        new("GET", Installation, TakesPeople: false, TakesVercel: true, acme => OfInstallation(acme, "")),
        new("DELETE", Installation, TakesPeople: true, TakesVercel: true, acme => OfInstallation(acme, "")),
        new("POST", Installation + "/resources", TakesPeople: true, TakesVercel: false,
            acme => OfInstallation(acme, "/resources", Requests.Provision())),
        new("GET", Installation + "/resources", TakesPeople: false, TakesVercel: true, acme => OfInstallation(acme, "/resources")),
        new("GET", Resource, TakesPeople: false, TakesVercel: true, acme => OfResource(acme, "")),
        new("PATCH", Resource, TakesPeople: true, TakesVercel: false,
            acme => OfResource(acme, "", new JsonObject { ["name"] = "renamed" })),
        new("DELETE", Resource, TakesPeople: true, TakesVercel: true, acme => OfResource(acme, "")),
        new("POST", Resource + "/secrets/rotate", TakesPeople: true, TakesVercel: true, acme => OfResource(acme, "/secrets/rotate")),
        // Whoever has the role USER may run a command all the same, if it only reads.
        new("POST", Resource + "/repl", TakesPeople: true, TakesVercel: false,
            acme => OfResource(acme, "/repl", new JsonObject { ["input"] = "look" })),
        new("GET", "/v1/products/{productSlug}/plans", TakesPeople: false, TakesVercel: true, OfProduct),
        new("GET", Resource + "/plans", TakesPeople: false, TakesVercel: true, acme => OfResource(acme, "/plans")),
        new("GET", Installation + "/plans", TakesPeople: false, TakesVercel: true, acme => OfInstallation(acme, "/plans")),
        new("POST", Installation + "/billing/provision", TakesPeople: true, TakesVercel: true, Purchase),
        new("POST", Installation + "/resource-transfer-requests", TakesPeople: false, TakesVercel: true, Offer),
        new("GET", Transfer + "/verify", TakesPeople: false, TakesVercel: true, acme => OfTransfer(acme, "/verify")),
        // As older documents have it (contract §J.2).
        new("POST", Transfer + "/verify", TakesPeople: false, TakesVercel: true, acme => OfTransfer(acme, "/verify")),
        new("POST", Transfer + "/accept", TakesPeople: false, TakesVercel: true, acme => OfTransfer(acme, "/accept")),
    ];

    public string Name => $"{Method} {Pattern}";

    /// <summary>A person needs the role ADMIN for it.</summary>
    public bool Changes => Method != "GET";

    /// <summary>Its path names no installation, because Vercel also calls it before there is one.</summary>
    public bool IsBeforeInstallation => !Pattern.StartsWith(Installation, StringComparison.Ordinal);

    public override string ToString() => Name;

    private static async Task<PartnerCall> OfInstallation(Acme acme, string path, JsonObject? body = null)
    {
        var installation = await acme.Install();
        return new PartnerCall(installation, Paths.Installation(installation) + path, body);
    }

    private static async Task<PartnerCall> OfResource(Acme acme, string path, JsonObject? body = null)
    {
        var resource = await acme.Provision(await acme.Install());
        return new PartnerCall(resource.Installation, resource.Path + path, body);
    }

    private static async Task<PartnerCall> OfProduct(Acme acme) =>
        new(await acme.Install(), "/v1/products/acme-tools/plans", Body: null);

    private static async Task<PartnerCall> Purchase(Acme acme)
    {
        var resource = await acme.Provision(await acme.Install(), plan: "prepaid");
        var invoice = acme.Customer.Order(resource.Installation, resource.Id, 10.00m);
        acme.Customer.Charge(resource.Installation, invoice.Id);
        return new PartnerCall(
            resource.Installation, Paths.Purchase(resource.Installation), new JsonObject { ["invoiceId"] = invoice.Id });
    }

    private static async Task<PartnerCall> Offer(Acme acme)
    {
        var resource = await acme.Provision(await acme.Install());
        return new PartnerCall(
            resource.Installation, TransferCalls.Transfers(resource.Installation),
            TransferCalls.Body(acme.Now.AddHours(24), resource.Id));
    }

    private static async Task<PartnerCall> OfTransfer(Acme acme, string path)
    {
        var claim = await acme.Offer(await acme.Provision(await acme.Install()));
        var target = await acme.Install();
        return new PartnerCall(target, TransferCalls.Transfer(target, claim) + path, Body: null);
    }
}

/// <summary>A call that lacks nothing but who makes it.</summary>
/// <param name="Installation">The one in the path, to which the token has to belong.</param>
internal sealed record PartnerCall(string Installation, string Path, JsonObject? Body);
