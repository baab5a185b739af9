using System.Diagnostics;
using System.Reflection;
using Marketplace.Driver.Servers;
using Npgsql;

namespace Marketplace.Driver.Ingestion;

/// <summary>The least that taking events in can cost: the server's own statement, run inside the database, on what is there already.</summary>
internal static class IngestionFloor
{
    private const string Statements = "Marketplace.Shell.UsageEvents.UsageEventRows";
    private const string Outcome = "select (select count(*) from fresh), exists (select from sent)";

    /// <summary>Events per second.</summary>
    /// <param name="server">The built server, which has the statement.</param>
    /// <param name="batches">For each connection.</param>
    public static async Task<double> Measure(
        string server, FreshDatabase database, IReadOnlyList<(string Installation, string Resource)> resources, int connections, int batches,
        int events, CancellationToken cancel)
    {
        await Execute(database.Data, Prepare, cancel, resources.Select(one => one.Installation).ToArray(), resources.Select(one => one.Resource).ToArray(),
            connections, batches, events);
        await Execute(database.Data, Procedure(server), cancel);
        var pool = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(database.ConnectionString) { MaxPoolSize = connections, CommandTimeout = 120 });
        await using (pool)
        {
            var started = Stopwatch.GetTimestamp();
            await Task.WhenAll(Enumerable.Range(1, connections).Select(connection => Execute(pool, $"call bench_ingest({connection})", cancel)));
            return (double)connections * batches * events / Stopwatch.GetElapsedTime(started).TotalSeconds;
        }
    }

    private const string Prepare = """
        create unlogged table bench_batch as
        select connection, batch, array_agg(i[1 + event % cardinality(i)]) as i, array_agg(r[1 + event % cardinality(r)]) as r,
            array_agg('calls'::text) as m, array_agg(now() + event * interval '1 ms') as u, array_agg(1.25) as q, array_agg(''::text) as s,
            array_agg('floor-' || lpad((((connection::bigint * 100000 + batch) * 10000) + event)::text, 26, '0')) as e,
            array_agg('-infinity'::timestamptz) as l, array_agg(date_trunc('hour', now(), 'UTC')) as b,
            (select array_agg(distinct one) from unnest(i) one) as known, (select array_agg('-infinity'::timestamptz) from (select distinct unnest(i)) d) as closed
        from (select $1::text[] as i, $2::text[] as r) as given, generate_series(1, $3) connection, generate_series(1, $4) batch, generate_series(1, $5) event
        group by connection, batch, i, r
        """;

    private static string Procedure(string server)
    {
        var statement = (string)Assembly.LoadFrom(server).GetType(Statements, throwOnError: true)!
            .GetField("StoreAmountsSql", BindingFlags.NonPublic | BindingFlags.Static)!.GetRawConstantValue()!;
        string[] values = ["b.i", "b.r", "b.m", "b.u", "b.q", "b.s", "b.e", "b.l", "b.known", "b.closed", "now()", "b.b"];
        for (var number = values.Length; number > 0; number--)
            statement = statement.Replace($"${number}", values[number - 1], StringComparison.Ordinal);
        if (!statement.Contains(Outcome, StringComparison.Ordinal))
            throw new InvalidOperationException("The server's statement ends in another way than it did.");
        return $"""
            create procedure bench_ingest(mine int) language plpgsql as $body$
            declare b bench_batch; fresh_now bigint;
            begin
                for b in select * from bench_batch where connection = mine order by batch loop
                    {statement.Replace(Outcome, "select (select count(*) from fresh) into fresh_now", StringComparison.Ordinal)};
                    if fresh_now <> cardinality(b.e) then raise exception 'not all of them were new'; end if;
                    commit;
                end loop;
            end $body$
            """;
    }

    private static async Task Execute(NpgsqlDataSource on, string sql, CancellationToken cancel, params object[] values)
    {
        await using var command = on.CreateCommand(sql);
        command.CommandTimeout = 120;
        foreach (var value in values)
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        await command.ExecuteNonQueryAsync(cancel);
    }
}
