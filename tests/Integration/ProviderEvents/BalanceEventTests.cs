using System.Net;
using System.Text.Json.Nodes;
using Marketplace.Integration.Balances;

namespace Marketplace.Integration.ProviderEvents;

/// <summary>What the backend hears of prepaid credit, and what the Provider API shows of all that it hears.</summary>
public sealed class BalanceEventTests : IAsyncLifetime
{
    private Backend backend = null!;
    private Acme acme = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        backend = await Backend.Start(Cancel);
        acme = await Acme.Open(new AcmeOptions { Catalogue = PrepaidAcme.Catalogue, Settings = backend.Settings });
    }

    public async ValueTask DisposeAsync()
    {
        await acme.DisposeAsync();
        await backend.DisposeAsync();
    }

    [Fact]
    public async Task Credit_that_is_bought_runs_low_and_is_used_up_is_told_once_each_with_what_follows()
    {
        var tool = await acme.Provision(await acme.Install(), "credit", "stops");
        await Buy(tool);
        // 10.00 - 3.00, which is not below 5.00; - 2.50, which is; - 0.50, which is still; - 5.00, and 1.00 is missing.
        foreach (var jobs in new[] { 300, 550, 600, 1100, 1100 })
            await Hour(jobs);
        await Buy(tool);
        await acme.WorkOff();

        Assert.Equal(
            ["balance.purchased", "balance.low", "balance.empty", "resource.suspended", "balance.purchased", "resource.resumed"],
            backend.TypesOf(tool.Installation).SkipWhile(type => type != "balance.purchased"));
        var told = backend.TakenOf(tool.Installation).ToLookup(one => one.Type);
        Assert.True(JsonNode.DeepEquals(new JsonObject { ["resourceId"] = tool.Id, ["balance"] = "4.50" }, told["balance.low"].Single().Data));
        Assert.True(JsonNode.DeepEquals(new JsonObject { ["resourceId"] = tool.Id, ["balance"] = "-1.00" }, told["balance.empty"].Single().Data));
        Assert.Equal("empty_balance", told["resource.suspended"].Single().Data["cause"]!.GetValue<string>());
        Assert.Equal("10.00", told["balance.purchased"].First().Data["amount"]!.GetValue<string>());
    }

    [Fact]
    public async Task The_Provider_API_lists_events_newest_first_shows_one_and_refuses_what_is_not_there()
    {
        var tool = await acme.Provision(await acme.Install(), "listed", "stops");
        backend.Answers = (one, http) => Backend.Status(http, one.Type == "resource.provisioned" ? 500 : 204);
        await acme.Work("provider-events");
        var key = await acme.NewProviderKey("events:read");
        var mine = $"/installations/{tool.Installation}/events";

        var first = await Get($"{mine}?limit=1");
        Assert.Equal("resource.provisioned", first.Json["events"]![0]!["type"]!.GetValue<string>());
        var second = await Get($"{mine}?limit=1&cursor={first.Json["nextCursor"]!.GetValue<string>()}");
        Assert.Equal("installation.installed", second.Json["events"]![0]!["type"]!.GetValue<string>());
        Assert.Null(second.Json["nextCursor"]);
        Assert.Equal("delivered", second.Json["events"]![0]!["delivery"]!["state"]!.GetValue<string>());

        var waiting = (await Get("/events?state=pending")).Json["events"]!.AsArray().Single()!;
        Assert.Equal(500, waiting["delivery"]!["lastAnswer"]!["status"]!.GetValue<int>());
        var id = waiting["id"]!.GetValue<string>();
        Assert.True(JsonNode.DeepEquals(waiting, (await Get($"/events/{id}")).Json));
        Assert.True(JsonNode.DeepEquals(waiting, (await Get($"{mine}/{id}")).Json));

        var other = await acme.Install();
        await Refused($"/installations/{other}/events/{id}", HttpStatusCode.NotFound);
        await Refused("/events/12", HttpStatusCode.NotFound);
        await Refused("/installations/icfg_nobody/events", HttpStatusCode.NotFound);
        await Refused("/events?state=lost", HttpStatusCode.BadRequest);
        await Refused($"{mine}?colour=blue", HttpStatusCode.BadRequest);

        async Task<Answer> Get(string path)
        {
            var answer = await acme.Provide(HttpMethod.Get, path, key);
            answer.Is(HttpStatusCode.OK);
            return answer;
        }

        async Task Refused(string path, HttpStatusCode status) => (await acme.Provide(HttpMethod.Get, path, key))
            .IsProblem(status, status == HttpStatusCode.NotFound ? "not-found" : "invalid-request");
    }

    private async Task Buy(Provisioned tool)
    {
        var (_, exchange) = await acme.Customer.Purchase(tool.Installation, tool.Id, 10.00m, Cancel);
        Assert.True(exchange is { IsSuccess: true, Findings.IsEmpty: true }, exchange?.ToString());
        await acme.WorkOff();
    }

    private async Task Hour(decimal jobs)
    {
        acme.Workshop.Count("credit", jobs);
        await acme.Live(new DateTimeOffset(acme.Now.Ticks - (acme.Now.Ticks % TimeSpan.TicksPerHour), TimeSpan.Zero).AddHours(1));
    }
}
