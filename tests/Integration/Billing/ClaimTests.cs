using System.Reflection;
using System.Text.Json.Nodes;
using Marketplace.Integration.Postgres;
using Marketplace.Jobs.Billing;
using Marketplace.Shell.Billing;
using Marketplace.Shell.Persistence;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Marketplace.Integration.Billing;

/// <summary>Who gets what is due, and at what cost to all others. DESIGN §9.</summary>
public sealed class ClaimTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Now = Acme.Start;

    private TestDatabase database = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        database = await TestDatabase.Create(Cancel);
        await new Migrations(database.DataSource, NullLogger<Migrations>.Instance).Apply(Cancel);
    }

    public ValueTask DisposeAsync() => database.DisposeAsync();

    [Fact]
    public async Task What_was_never_tried_and_what_has_waited_long_enough_is_claimed_the_longest_due_first()
    {
        await Due("never-tried", hoursAgo: 2);
        await Due("tried", hoursAgo: 3, attempts: 4, nextAttempt: "-1 second");
        await Due("waiting", hoursAgo: 9, attempts: 4, nextAttempt: "1 hour");
        await Due("held", hoursAgo: 8, attempts: 1, lease: "1 minute");
        await Due("held-before-its-first-attempt", hoursAgo: 8, lease: "1 minute");
        await Due("abandoned", hoursAgo: 4, attempts: 1, lease: "-1 second");
        await Due("not-yet", hoursAgo: -1);

        Assert.Equal(["abandoned", "tried"], await Claimed(2));
        Assert.Equal(["never-tried"], await Claimed(10));
        Assert.Empty(await Claimed(10));
    }

    [Fact]
    public async Task A_claim_does_not_look_at_what_waits_for_its_next_attempt_or_is_not_due()
    {
        await Many("waiting", 5000, "attempts = 3, next_attempt_at = clock_timestamp() + interval '1 hour'");
        await Many("held", 500, "attempts = 1, leased_until = clock_timestamp() + interval '1 hour'");
        await Many("later", 5000, $"due_at = '{Now.AddHours(1):O}'");
        await Many("due", 20, "attempts = 0");
        await database.Execute("analyze billing_schedule", Cancel);

        var plan = await Plan();
        Assert.DoesNotContain(Nodes(plan), node => node["Node Type"]!.GetValue<string>() == "Seq Scan");
        Assert.InRange(Nodes(plan).Sum(node => Number(node, "Actual Rows") + Number(node, "Rows Removed by Filter")), 1, 400);
    }

    private async Task Due(
        string installation, int hoursAgo, int attempts = 0, string nextAttempt = "-1 hour", string lease = "-infinity")
    {
        await database.Execute(
            $"""
            insert into billing_schedule (installation_id, work, due_at, attempts, next_attempt_at, leased_until)
            values ('{installation}', 'usage', '{Now.AddHours(-hoursAgo):O}', {attempts}, clock_timestamp() + interval '{nextAttempt}',
                {(lease == "-infinity" ? "'-infinity'" : $"clock_timestamp() + interval '{lease}'")})
            """,
            Cancel);
    }

    private async Task Many(string name, int number, string set)
    {
        await database.Execute(
            $"""
            insert into billing_schedule (installation_id, work, due_at)
            select '{name}-' || number, 'usage', '{Now.AddHours(-5):O}' from generate_series(1, {number}) as number
            """,
            Cancel);
        await database.Execute($"update billing_schedule set {set} where installation_id like '{name}-%'", Cancel);
    }

    private async Task<IEnumerable<string>> Claimed(int max)
    {
        await using var connection = await database.DataSource.OpenConnectionAsync(Cancel);
        return (await BillingScheduleRows.Claim(connection, BillingWork.Usage, Now, max, TimeSpan.FromMinutes(5), Cancel))
            .OrderBy(work => work.DueAt).Select(work => work.Installation.Value);
    }

    private async Task<JsonNode> Plan()
    {
        var claim = (string)typeof(BillingScheduleRows).GetField("ClaimSql", BindingFlags.Static | BindingFlags.NonPublic)!.GetRawConstantValue()!;
        await using var connection = await database.DataSource.OpenConnectionAsync(Cancel);
        await using (var prepare = new NpgsqlCommand($"prepare claim (text, timestamptz, integer, interval) as {claim}", connection))
            await prepare.ExecuteNonQueryAsync(Cancel);
        await using var explain = new NpgsqlCommand(
            $"explain (analyze, format json) execute claim('usage', '{Now:O}', 16, '5 minutes')", connection);
        return JsonNode.Parse((string)(await explain.ExecuteScalarAsync(Cancel))!)![0]!["Plan"]!;
    }

    private static IEnumerable<JsonNode> Nodes(JsonNode plan) =>
        (plan["Plans"]?.AsArray() ?? []).SelectMany(child => Nodes(child!)).Prepend(plan);

    private static double Number(JsonNode node, string field) => node[field]?.GetValue<double>() ?? 0;
}
