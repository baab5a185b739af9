using System.Reflection;
using Marketplace.Integration.Postgres;
using Marketplace.Shell.Persistence;
using Marketplace.Shell.Usage;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Marketplace.Integration.Usage;

/// <summary>What it costs to read a month of a meter that everybody else's readings lie between.</summary>
public sealed class ReadingCostTests : IAsyncLifetime
{
    private TestDatabase database = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        database = await TestDatabase.Create(Cancel);
        await new Migrations(database.DataSource, NullLogger<Migrations>.Instance).Apply(Cancel);
    }

    public ValueTask DisposeAsync() => database.DisposeAsync();

    [Fact]
    public async Task The_readings_of_a_month_are_read_from_their_index_alone()
    {
        await database.Execute(
            """
            insert into installation (installation_id, stage, account_id, account_url, account_name, scopes, accepted_policies, installed_at,
                anchor_day, anchor_hour, access_token, token_type, account_due_at)
            select 'icfg_' || number, 'active', 'acc', 'https://vercel.com/acc', 'Acc', '{}', '{}', '2027-03-01', 1, 0, '\x00', 'Bearer', 'infinity'
            from generate_series(1, 60) as number;
            insert into resource (installation_id, resource_id, product_id, name, metadata, billing_plan_id, status, created_at)
            select installation_id, 'res_' || installation_id, 'db', 'db', '{}', 'pro', 'ready', '2027-03-01' from installation;
            insert into measurement (installation_id, resource_id, metric, measured_at, value)
            select installation_id, 'res_' || installation_id, 'storage', hour, 100
            from generate_series('2027-03-01T01:00:00Z'::timestamptz, '2027-03-31', '1 hour') as hour cross join installation;
            """,
            Cancel);
        await database.Execute("vacuum (analyze) measurement", Cancel);

        var plan = await Plan();
        string[] scans = [.. plan.Where(line => line.Contains("using measurement_pkey", StringComparison.Ordinal))];
        Assert.Contains(scans, scan => scan.Contains("rows=720 ", StringComparison.Ordinal));
        Assert.All(scans, scan => Assert.Contains("Index Only Scan", scan, StringComparison.Ordinal));
    }

    private async Task<IReadOnlyList<string>> Plan()
    {
        var readings = (string)typeof(MeteredUsageRows).GetField("ReadingsSql", BindingFlags.Static | BindingFlags.NonPublic)!.GetRawConstantValue()!;
        await using var connection = await database.DataSource.OpenConnectionAsync(Cancel);
        await using (var prepare = new NpgsqlCommand(
            $"prepare readings (text, timestamptz, timestamptz, text[], timestamptz[], timestamptz) as {readings}", connection))
            await prepare.ExecuteNonQueryAsync(Cancel);
        await using var explain = new NpgsqlCommand(
            "explain analyze execute readings('icfg_7', '2027-03-01', '2027-03-31', '{storage}', '{}', 'infinity')", connection);
        await using var reader = await explain.ExecuteReaderAsync(Cancel);
        var lines = new List<string>();
        while (await reader.ReadAsync(Cancel))
            lines.Add(reader.GetString(0));
        return lines;
    }
}
