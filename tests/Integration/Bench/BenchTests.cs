using Marketplace.Driver;
using Marketplace.Driver.Ingestion;
using Marketplace.Driver.Keys;
using Marketplace.Driver.Customers;
using Marketplace.Driver.Hourly;
using Marketplace.Driver.Load;
using Marketplace.Driver.Report;
using Marketplace.Driver.Scenarios;
using Marketplace.Driver.Webhooks;
using Marketplace.Integration.Postgres;

namespace Marketplace.Integration.Bench;

/// <summary>The benchmark is run by people, now and then; this keeps it working in between. It says nothing about speed.</summary>
public sealed class BenchTests
{
    [Fact]
    public async Task Every_scenario_is_measured_at_the_floor_and_at_the_server_and_every_promise_is_kept()
    {
        var findings = await new Driver.Bench(BenchPlan.Smoke, Target(plan: "free"), TextWriter.Null).Run(TestContext.Current.CancellationToken);

        Assert.Equal(Scenario.All, findings.Scores.Select(score => score.Scenario));
        Assert.All(findings.Scores, score => Assert.True(score.Floor!.Latencies.Count > 0 && score.Server!.Latencies.Count > 0));
        Assert.True(findings.Soak!.Result.Latencies.Count > 0);
        Assert.All(Scenario.All, scenario => Assert.Contains($"| {scenario.Name} ", Tables.Write(findings, "floor"), StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_wrong_answer_ends_the_run_without_a_result()
    {
        var bench = new Driver.Bench(BenchPlan.Smoke, Target(plan: "a-plan-that-nobody-sells"), TextWriter.Null);

        var wrong = await Assert.ThrowsAsync<WrongAnswerException>(() => bench.Run(TestContext.Current.CancellationToken));

        Assert.Contains("POST resource answered 400 instead of 200", wrong.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Usage_events_are_taken_in_billed_at_once_and_compared_with_the_same_statement_inside_the_database()
    {
        var target = Target(plan: "free");
        var bench = new Driver.Bench(BenchPlan.Smoke, target, TextWriter.Null);

        var found = await new IngestionBench(IngestionPlan.Smoke, target, bench.Settings, TextWriter.Null).Run(
            Built("Marketplace.Shell.dll"), TestContext.Current.CancellationToken);

        Assert.True(found is { PerSecond: > 0, FloorPerSecond: > 0, Batches.Count: > 0, Fresh.Count: > 0 });
    }

    [Fact]
    public async Task Webhooks_are_acknowledged_at_a_steady_pace_by_the_floor_and_the_server_and_each_has_its_effect()
    {
        var target = Target(plan: "free");
        var bench = new Driver.Bench(BenchPlan.Smoke, target, TextWriter.Null);

        var found = await new WebhookBench(WebhookPlan.Smoke, target, bench.Settings, TextWriter.Null).Run(TestContext.Current.CancellationToken);

        Assert.Equal((found.Sent, found.Sent), (found.Floor.Count, found.Server.Count));
        Assert.True(found.ProcessedPerSecond > 0);
    }

    [Fact]
    public async Task Keys_are_verified_at_a_steady_pace_by_the_floor_and_the_server_and_refused_as_soon_as_they_are_suspended()
    {
        var target = Target(plan: "free");
        var bench = new Driver.Bench(BenchPlan.Smoke, target, TextWriter.Null);

        var found = await new KeyBench(KeyPlan.Smoke, target, bench.Settings, TextWriter.Null).Run(TestContext.Current.CancellationToken);

        Assert.Equal((200, 200), (found.Floor.Steady.Count, found.Server.Steady.Count));
        Assert.True(found.Floor.Most > 0 && found.Server.Most > 0);
    }

    [Fact]
    public async Task An_hour_is_measured_over_several_numbers_of_installations_and_each_is_reported_once()
    {
        var bench = new HourlyBench(["dotnet", Built("Marketplace.Shell.dll")], TestDatabase.ServerConnectionString, TextWriter.Null);

        var table = await bench.Run([30, 60], [48], warming: 5, areLevels: false, TestContext.Current.CancellationToken);

        Assert.Equal(["30", "60", "30"], table.Split('\n').Skip(2).Select(row => row.Split('|')[1].Trim()));
    }

    [Fact]
    public async Task However_often_the_worker_is_killed_in_the_last_hour_of_a_period_no_hour_is_missed_and_no_invoice_doubled()
    {
        var crashes = new HourlyCrashes(
            ["dotnet", Built("Marketplace.Shell.dll")], TestDatabase.ServerConnectionString, TextWriter.Null);

        var said = await crashes.Run(installations: 150, kills: 3, Environment.TickCount, TestContext.Current.CancellationToken);

        Assert.Contains("0 slots missed, 0 invoices doubled, 0 missed", said, StringComparison.Ordinal);
    }

    private static BenchTarget Target(string plan) => new(
        ["dotnet", Built("Marketplace.Shell.dll"), "--role", "all"],
        ["dotnet", Built("Marketplace.Floor.dll")],
        TestDatabase.ServerConnectionString,
        Repository.File("catalog.json"),
        new Purchase("acme-keys", plan, "{}"),
        Scenario.All);

    private static string Built(string program) => Path.Combine(AppContext.BaseDirectory, program);
}
