using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Marketplace.Integration.Postgres;
using Marketplace.Shell.Persistence;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Marketplace.Integration.Partitioning;

/// <summary>The whole schema, and a copy of its tenant tables that is hash-partitioned by <c>installation_id</c>.</summary>
public sealed partial class PartitionedSchema : IAsyncLifetime
{
    private const string Copy = "partitioned";
    private const int Partitions = 8;

    /// <summary>What belongs to no installation, and the one table that lies with the teams: who of theirs is active.</summary>
    private static readonly string[] Global = ["schema_migration", "data_protection_key", "provider_key", "offered_plan", "team_installation", "import_attempt", "connect_attempt",
        "provider_event_outlet", "operator_session", "operator_attempt", "operator_action", "ledger_hour", "ledger_day", "ledger_day_usage", "job", "job_pause", "job_request", "job_request_begun", "job_action", "job_node", "job_run", "store_reader"];

    private TestDatabase database = null!;

    public IReadOnlyList<string> TenantTables { get; private set; } = [];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        database = await TestDatabase.Create(Cancel);
        await new Migrations(database.DataSource, NullLogger<Migrations>.Instance).Apply(Cancel);
        TenantTables = [.. (await Texts("select tablename::text from pg_tables where schemaname = 'public' order by 1")).Except(Global)];
        await database.Execute($"create schema {Copy}", Cancel);
        foreach (var table in TenantTables)
            await CopyTable(table);
    }

    public async ValueTask DisposeAsync() => await database.DisposeAsync();

    /// <summary>Every primary key and index: its table, its name and its first column.</summary>
    public async Task<IReadOnlyList<(string Table, string Index, string FirstColumn)>> Indexes() =>
    [
        .. (await Texts(
            """
            select t.relname || ' ' || i.relname || ' ' || a.attname
            from pg_index x join pg_class t on t.oid = x.indrelid join pg_class i on i.oid = x.indexrelid
                join pg_attribute a on a.attrelid = x.indrelid and a.attnum = x.indkey[0]
            where t.relnamespace = 'public'::regnamespace order by 1
            """)).Select(text => text.Split(' ')).Select(parts => (parts[0], parts[1], parts[2])),
    ];

    /// <summary>Every foreign key between tenant tables that does not carry the installation along.</summary>
    public Task<IReadOnlyList<string>> ForeignKeysAcrossInstallations() => Texts(
        """
        select conrelid::regclass || ' ' || conname from pg_constraint c
        where contype = 'f' and connamespace = 'public'::regnamespace and not exists (
            select from pg_attribute a where a.attrelid = c.conrelid and a.attnum = any (c.conkey) and a.attname = 'installation_id')
        """);

    /// <summary>The partitions that a statement touches for one installation, each as table and number.</summary>
    public async Task<IReadOnlyCollection<(string Table, int Partition)>> Touched(string statement)
    {
        await using var connection = await database.DataSource.OpenConnectionAsync(Cancel);
        // Any value will do, also one that a check forbids: only the partition key may rule partitions out.
        await Execute(
            connection,
            $"set search_path = {Copy}, public; set plan_cache_mode = force_custom_plan; set constraint_exclusion = off; deallocate all; prepare it as {statement}");
        var types = (string[])(await Scalar(connection, "select parameter_types::text[] from pg_prepared_statements where name = 'it'"))!;
        var values = types.Length == 0 ? "" : $"({string.Join(", ", types.Select(Value))})";
        var plan = JsonNode.Parse((string)(await Scalar(connection, $"explain (format json, costs off) execute it{values}"))!)!;
        return RelationsOf(plan)
            .Select(name => PartitionName().Match(name))
            .Where(match => match.Success)
            .Select(match => (match.Groups["table"].Value, int.Parse(match.Groups["number"].Value)))
            .ToHashSet();
    }

    private async Task CopyTable(string table)
    {
        await database.Execute(
            $"create table {Copy}.{table} (like public.{table} including defaults including constraints) partition by hash (installation_id)", Cancel);
        for (var number = 0; number < Partitions; number++)
        {
            await database.Execute(
                $"create table {Copy}.{table}_p{number} partition of {Copy}.{table} for values with (modulus {Partitions}, remainder {number})",
                Cancel);
        }

        foreach (var index in await Texts($"select indexdef from pg_indexes where schemaname = 'public' and tablename = '{table}'"))
            await database.Execute(
                index.Replace($" ON ONLY public.{table} ", $" ON {Copy}.{table} ", StringComparison.Ordinal)
                    .Replace($" ON public.{table} ", $" ON {Copy}.{table} ", StringComparison.Ordinal),
                Cancel);
    }

    private static IEnumerable<string> RelationsOf(JsonNode? plan) =>
        plan switch
        {
            JsonObject node => node.SelectMany(field =>
                field is { Key: "Relation Name", Value: JsonValue name } ? [name.GetValue<string>()] : RelationsOf(field.Value)),
            JsonArray list => list.SelectMany(RelationsOf),
            _ => [],
        };

    /// <summary>Any value of a type; all texts are the same, so that all ids name the same installation.</summary>
    private static string Value(string type) => type switch
    {
        "text" => "'icfg_one'",
        "text[]" => "'{icfg_one}'::text[]",
        "timestamp with time zone[]" => "'{2027-01-01T00:00:00Z}'::timestamptz[]",
        "numeric[]" => "'{1}'::numeric[]",
        "bytea[]" => """'{"\\x00"}'::bytea[]""",
        "integer[]" => "'{1}'::integer[]",
        "json[]" => """'{"{}"}'::json[]""",
        "jsonb[]" => """'{"{}"}'::jsonb[]""",
        "timestamp with time zone" => "'2027-01-01T00:00:00Z'::timestamptz",
        "interval" => "'1 minute'::interval",
        "bigint[]" => "'{1}'::bigint[]",
        "bigint" or "integer" or "numeric" => "1",
        "boolean" => "true",
        "json" or "jsonb" => $"'{{}}'::{type}",
        "bytea" => "'\\x00'::bytea",
        "installation_stage" => "'active'",
        "resource_status" => "'ready'",
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "No value is known for it."),
    };

    private async Task<IReadOnlyList<string>> Texts(string sql)
    {
        await using var command = database.DataSource.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync(Cancel);
        var texts = new List<string>();
        while (await reader.ReadAsync(Cancel))
            texts.Add(reader.GetString(0));
        return texts;
    }

    private static async Task Execute(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(Cancel);
    }

    private static async Task<object?> Scalar(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(Cancel);
    }

    [GeneratedRegex(@"^(?<table>.+)_p(?<number>\d)$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex PartitionName();
}
