using System.Net;
using System.Text.Json.Nodes;

namespace Marketplace.Integration.Balances;

/// <summary>What is left of what was paid ahead, and how it came to that, as the provider's backend reads it.</summary>
[Collection(SharedPrepaidAcme.Name)]
public sealed class ReadBalanceTests(PrepaidAcme prepaid) : IAsyncLifetime
{
    private string key = null!;

    private Acme Acme => prepaid.Acme;

    public async ValueTask InitializeAsync() => key = await Acme.NewProviderKey("balances:read");

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task A_balance_is_shown_with_what_is_left_and_its_ledger_from_the_newest_entry_back()
    {
        var tool = await prepaid.Tool("read-balance", "stops");
        Assert.Empty((await Read(tool, ""))["balances"]!.AsArray());
        Assert.Empty((await Read(tool, $"/{tool.Id}/ledger"))["entries"]!.AsArray());

        await prepaid.Buy(tool, 10.00m);
        await prepaid.Hour(tool, 300);

        var balance = Assert.Single((await Read(tool, ""))["balances"]!.AsArray())!;
        Assert.Equal((tool.Id, "7.00", 2), ((string)balance["resourceId"]!, (string)balance["amount"]!, (int)balance["entries"]!));
        Assert.Null(balance["emptySince"]);

        var newest = await Read(tool, $"/{tool.Id}/ledger?limit=1");
        Assert.Equal(["burn -3.00 7.00 stops"], Entries(newest));
        // Another entry is newer than all that is still to be read.
        await prepaid.Buy(tool, 5.00m);
        var oldest = await Read(tool, $"/{tool.Id}/ledger?limit=1&cursor={(string)newest["nextCursor"]!}");
        Assert.Equal(["purchase 10.00 10.00 "], Entries(oldest));
        Assert.Null(oldest["nextCursor"]);
        Assert.Equal(3, (await Read(tool, $"/{tool.Id}/ledger"))["entries"]!.AsArray().Count);
    }

    [Fact]
    public async Task A_ledger_of_nobodys_and_of_another_installations_resource_is_a_404()
    {
        var (tool, other) = (await prepaid.Tool("mine", "stops"), await prepaid.Tool("theirs", "stops"));

        (await Get(tool, $"/{other.Id}/ledger")).IsProblem(HttpStatusCode.NotFound, "not-found");
        Assert.Empty((await Read(tool, "/installation/ledger"))["entries"]!.AsArray());
        (await Acme.Provide(HttpMethod.Get, "/installations/icfg_none/balances", key)).IsProblem(HttpStatusCode.NotFound, "not-found");
        (await Get(tool, "?limit=1")).IsProblem(HttpStatusCode.BadRequest, "invalid-request");
        (await Get(tool, $"/{tool.Id}/ledger?cursor=WyJ4Il0")).IsProblem(HttpStatusCode.BadRequest, "invalid-request");
    }

    private Task<Answer> Get(Provisioned tool, string path) => Acme.Provide(HttpMethod.Get, $"/installations/{tool.Installation}/balances{path}", key);

    private async Task<JsonNode> Read(Provisioned tool, string path) => (await Get(tool, path)).Is(HttpStatusCode.OK);

    private static IEnumerable<string> Entries(JsonNode page) => page["entries"]!.AsArray().Select(
        entry => $"{entry!["kind"]} {entry["amount"]} {entry["balance"]} {entry["billingPlanId"]}");
}
