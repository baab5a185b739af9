using System.Text.Json.Nodes;

namespace Marketplace.Integration.Simulator;

/// <summary>Interim billing data. Source: contract D.7.</summary>
public sealed class BillingDataTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("2027-01-20T08:59:59Z", "eod: is older than 24 hours")]
    [InlineData("2026-12-31T23:59:59Z", "eod: must be inside period")]
    [InlineData("2027-02-01T00:00:01Z", "eod: must be inside period")]
    public async Task The_end_of_day_lies_in_the_period_and_not_a_day_back(string eod, string expected)
    {
        await using var scene = await Scene.Set();
        var body = Bodies.Billing(Scene.Start);
        body["eod"] = eod;

        Assert.Contains(expected, await Refusal(scene, body), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_period_that_ended_more_than_a_day_ago_is_closed()
    {
        await using var scene = await Scene.Set();
        await scene.Vercel.AdvanceTo(new DateTimeOffset(2027, 2, 2, 0, 0, 0, TimeSpan.Zero), Cancel);
        var body = Bodies.Billing(scene.Vercel.Clock.GetUtcNow());
        body["eod"] = "2027-02-01T00:00:00Z";
        Assert.Equal(201, (await scene.Call(HttpMethod.Post, "/billing", body.DeepClone())).Status);

        await scene.Vercel.Advance(TimeSpan.FromMinutes(1), Cancel);
        Assert.Contains("is older than 24 hours", await Refusal(scene, body), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_newest_timestamp_of_a_day_wins_whatever_comes_last()
    {
        await using var scene = await Scene.Set();
        await scene.Call(HttpMethod.Post, "/billing", Totals(Scene.Start, 30));
        await scene.Call(HttpMethod.Post, "/billing", Totals(Scene.Start.AddHours(-1), 20));

        var day = Assert.Single(scene.Installation.Billing.LatestByDay).Value;
        Assert.Equal(30, Assert.Single(day.Usage).PeriodValue);
        Assert.Equal(2, scene.Installation.Billing.Receipts.Count);
        Assert.Empty(scene.Vercel.State.Findings);
    }

    [Fact]
    public async Task A_running_total_that_falls_is_noted()
    {
        await using var scene = await Scene.Set();
        await scene.Call(HttpMethod.Post, "/billing", Totals(Scene.Start.AddHours(-1), 30));
        await scene.Call(HttpMethod.Post, "/billing", Totals(Scene.Start, 20));

        Assert.Contains("fell within the period", Assert.Single(scene.Vercel.State.Findings).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Balances_keep_the_newest_statement()
    {
        await using var scene = await Scene.Set();
        await scene.Call(HttpMethod.Post, "/billing/balance", Balance("2027-01-21T09:00:00Z", 500));
        await scene.Call(HttpMethod.Post, "/billing/balance", Balance("2027-01-21T08:00:00Z", 700));

        Assert.Equal(500, Assert.Single(scene.Installation.Balances!.Balances).CurrencyValueInCents);
    }

    private static JsonObject Totals(DateTimeOffset timestamp, int periodValue)
    {
        var body = Bodies.Billing(Scene.Start);
        body["timestamp"] = timestamp.ToString("O");
        body["usage"]![0]!["periodValue"] = periodValue;
        return body;
    }

    private static JsonObject Balance(string timestamp, int cents) => new()
    {
        ["timestamp"] = timestamp,
        ["balances"] = new JsonArray(new JsonObject { ["currencyValueInCents"] = cents }),
    };

    private static async Task<string> Refusal(Scene scene, JsonObject body)
    {
        var (status, answer) = await scene.Call(HttpMethod.Post, "/billing", body.DeepClone());
        Assert.Equal(400, status);
        return (string)answer!["error"]!["message"]!;
    }
}
