using System.Reflection;
using System.Text.Json.Nodes;
using Marketplace.Integration.Postgres;
using Marketplace.Jobs.Search;
using Marketplace.Shell.Persistence;
using Marketplace.Shell.Search;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Marketplace.Integration.OperatorConsole.Installations;

/// <summary>
/// A database with so many installations, and twice as many resources, that nobody reads them all to show fifty: as many as it takes for
/// PostgreSQL to plan as it does with a hundred thousand. Of a few something is amiss.
/// </summary>
public sealed class ManyInstallations : IAsyncLifetime
{
    public const int Installations = 12_000;

    private TestDatabase database = null!;

    public NpgsqlDataSource DataSource => database.DataSource;

    public string ConnectionString => database.ConnectionString;

    public TestServer Server { get; private set; } = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        database = await TestDatabase.Create(Cancel);
        await new Migrations(database.DataSource, NullLogger<Migrations>.Instance).Apply(Cancel);
        await database.Execute(
            $$"""
            insert into installation (installation_id, stage, account_id, account_url, account_name, contact_email, contact_name, scopes,
                accepted_policies, billing_plan_id, installed_at, uninstall_requested_at, finalized_at, access_token, token_type, token_retired_at,
                anchor_day, anchor_hour)
            select 'icfg_' || substr(md5(n::text), 1, 20), stage, 'team_' || substr(md5('team' || n), 1, 20), 'https://vercel.com/team-' || n,
                case when n % 100 <> 9 then (array['Blue', 'Red', 'Green', 'Quick', 'Silent'])[1 + n % 5] || ' ' || (array['Whale', 'Fox', 'Otter'])[1 + n % 3] || ' ' || n end,
                'person' || n || '@team' || n % 500 || '.example', 'Person ' || n, '{}', '{}', case when n % 50 = 0 then 'team@2' end,
                '2026-01-01T00:00:00Z'::timestamptz + n * interval '30 minutes',
                case when stage <> 'active' then '2027-01-01T00:00:00Z'::timestamptz end,
                case when stage = 'finalized' then '2027-01-02T00:00:00Z'::timestamptz end,
                case when stage <> 'finalized' and n <> 77 then '\x00'::bytea end, case when stage <> 'finalized' and n <> 77 then 'Bearer' end,
                case when n = 77 then '2027-01-01T00:00:00Z'::timestamptz end, 1, 0
            from generate_series(1, {{Installations}}) n,
                lateral (select case when n % 1000 = 7 then 'uninstalling' when n % 10 = 3 then 'finalized' else 'active' end as stage) as s;

            insert into resource (installation_id, resource_id, product_id, name, metadata, billing_plan_id, status, created_at, uninstalled_at, fault,
                suspensions, status_reason)
            select installation_id, 'res_' || substr(md5(n || '/' || k), 1, 20), case k when 1 then 'acme-keys' else 'acme-postgres' end,
                (array['orders', 'checkout'])[k] || '-' || n, '{}', case when k > 1 then 'pro@3' when n in (8, 12) then 'rare@1' else 'free' end, status, installed_at + k * interval '1 day',
                case when status = 'uninstalled' then installed_at + interval '9 days' end,
                case when status = 'ready' and n % 3000 = 5 then 'Jobs are lost.' end,
                case when status = 'suspended' then '{"provider": "Abuse."}'::jsonb end, case when status = 'error' then 'No room.' end
            from (select row_number() over (order by installed_at) as n, * from installation) i, generate_series(1, 2) k,
                lateral (select case when stage = 'finalized' then 'uninstalled' when n % 2000 = 1 then 'error' when n % 500 = 2 then 'suspended'
                    when n % 7 = 1 then 'uninstalled' else 'ready' end as status) as s;

            insert into payment_standing (installation_id, standing, owed, invoices, since)
            select installation_id, 'warned', 12.5, 1, now() from (select row_number() over (order by installed_at) as n, * from installation) i
            where n % 1200 = 4;
            """, Cancel);
        // With the words of many more, so that looking through all of them would be slow.
        await new SearchWords(new SearchWordRows(database.DataSource)).RunOnce(DateTimeOffset.UnixEpoch, Cancel);
        await database.Execute(
            """
            insert into installation_word select 'icfg_none' || n, words_in('icfg_none' || n || ' whale nobody' || n) from generate_series(1, 40000) n;
            insert into resource_word select 'icfg_none' || n, 'res_none' || n, words_in('res_none' || n || ' checkout nothing' || n) from generate_series(1, 40000) n;
            """, Cancel);
        await database.Execute("analyze", Cancel);
        Server = await TestServer.Start(new TestServerOptions { ConnectionString = database.ConnectionString }, Cancel);
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        await database.DisposeAsync();
    }

    /// <summary>How PostgreSQL would answer a statement that is asked with these values.</summary>
    internal async Task<Plan> PlanOf(Type rows, string statement, params IReadOnlyList<string> values)
    {
        var sql = (string)rows.GetField(statement, BindingFlags.Static | BindingFlags.NonPublic)!.GetRawConstantValue()!;
        await using var connection = await database.DataSource.OpenConnectionAsync(Cancel);
        await using (var prepare = new NpgsqlCommand($"deallocate all; set plan_cache_mode = force_custom_plan; prepare it as {sql}", connection))
            await prepare.ExecuteNonQueryAsync(Cancel);
        await using var explain = new NpgsqlCommand($"explain (format json) execute it({string.Join(", ", values)})", connection);
        return new Plan(JsonNode.Parse((string)(await explain.ExecuteScalarAsync(Cancel))!)!);
    }

    /// <summary>What is looked through, and by which indexes.</summary>
    internal sealed record Plan(JsonNode Root)
    {
        public IReadOnlyList<string> Indexes => [.. All("Index Name")];

        /// <summary>Tables that are read from their beginning to their end.</summary>
        public IReadOnlyList<string> ReadWhole => [.. Nodes(Root).Where(node => (string?)node["Node Type"] == "Seq Scan").Select(node => (string)node["Relation Name"]!)];

        public bool Sorts => Nodes(Root).Any(node => (string?)node["Node Type"] is "Sort" or "Incremental Sort");

        private IEnumerable<string> All(string field) => Nodes(Root).Select(node => (string?)node[field]).OfType<string>();

        private static IEnumerable<JsonObject> Nodes(JsonNode? node) =>
            node switch
            {
                JsonObject one => one.SelectMany(field => Nodes(field.Value)).Prepend(one),
                JsonArray many => many.SelectMany(Nodes),
                _ => [],
            };
    }
}
