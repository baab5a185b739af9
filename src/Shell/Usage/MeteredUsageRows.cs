using LanguageExt;
using Marketplace.Core.Installations;
using Marketplace.Core.Resources;
using Marketplace.Core.Usage;
using Marketplace.Shell.Persistence;
using Npgsql;

namespace Marketplace.Shell.Usage;

/// <summary>
/// What an installation used in a span, for its reports and invoices: hours as their sums, however much happened in them, and one by one only
/// those that a plan's beginning or end takes apart.
/// </summary>
/// <remarks>Resource and metric are given, so that the key leads straight to the span, however long the history before it is.</remarks>
internal static class MeteredUsageRows
{
    private const string Wanted = """
        with wanted as (
            select r.resource_id, w.metric from resource r cross join unnest($4::text[]) as w (metric)
            where r.installation_id = $1 and (r.uninstalled_at is null or r.uninstalled_at >= $2)),
        summed as (
            select h.* from wanted w
            join measurement_hour h on h.installation_id = $1 and h.resource_id = w.resource_id and h.metric = w.metric
            where h.hour >= $2 and h.hour < $3 and not h.stale and not h.late and h.hour <> all ($5))
        """;

    private const string HoursSql = $"""
        {Wanted}
        select resource_id, metric, first_at, first_value, last_at, last_value, low, high, grown, weighted from summed
        """;

    // Those between the hours that are summed up, and for each metric the last one before them all: a level lasts, and a counter is billed
    // by its growth.
    private const string ReadingsSql = $"""
        {Wanted},
        gap as (
            select resource_id, metric, after, coalesce(lead(edge) over (partition by resource_id, metric order by edge, after), $3) as upto
            from (
                select resource_id, metric, $2 as edge, $2 as after from wanted
                union all
                select resource_id, metric, hour, hour + interval '1 hour' from summed) as edges)
        select m.resource_id, m.metric, m.measured_at, m.value
        from gap g join measurement m on m.installation_id = $1 and m.resource_id = g.resource_id and m.metric = g.metric
            and m.measured_at > g.after and m.measured_at <= g.upto
        where g.after < g.upto and m.late_in <= $6
        union all
        select last.resource_id, last.metric, last.measured_at, last.value
        from wanted w cross join lateral (
            select m.resource_id, m.metric, m.measured_at, m.value from measurement m
            where m.installation_id = $1 and m.resource_id = w.resource_id and m.metric = w.metric and m.measured_at <= $2 and m.late_in <= $6
            order by m.measured_at desc limit 1) last
        """;

    // A sum is taken apart where a plan began or ended among its events: the plan was changed when they were there already. The same goes for
    // a day of which the hours are asked for. What came for one of its hours since is among its events.
    private const string AmountsSql = """
        with edge as (
            select resource_id, started_at as at from plan_period where installation_id = $1 and started_at > $2
            union all
            select resource_id, ended_at from plan_period where installation_id = $1 and ended_at > $2),
        summed as (
            select h.*, date_trunc('hour', h.begins_at, 'UTC') as hour from usage_hour h
            where h.installation_id = $1 and h.resource_id in (
                    select resource_id from resource where installation_id = $1 and (uninstalled_at is null or uninstalled_at >= $2))
                and h.metric = any ($4) and h.begins_at >= $2 and h.begins_at <= $3),
        cut as (
            select s.resource_id, s.metric, s.hour as since,
                s.hour + case when s.last_at < s.hour + interval '1 hour' then interval '1 hour' else interval '1 day' end as upto
            from summed s
            where (s.last_at >= $6 and s.last_at >= s.hour + interval '1 hour')
                or exists (select from edge e where e.resource_id = s.resource_id and e.at > s.begins_at and e.at <= s.last_at)),
        apart as (
            select resource_id, metric, since, max(upto) as upto from cut c
            where not exists (
                select from cut day
                where day.resource_id = c.resource_id and day.metric = c.metric and day.since < c.since and day.upto > c.since)
            group by resource_id, metric, since)
        select s.resource_id, s.metric, s.begins_at, s.quantity from summed s
        where s.late_in <= $5 and not exists (
            select from apart a
            where a.resource_id = s.resource_id and a.metric = s.metric and s.begins_at >= a.since and s.begins_at < a.upto)
        union all
        select e.resource_id, e.metric, e.used_at, e.quantity
        from apart a join usage_event e
            on e.installation_id = $1 and e.used_at >= a.since and e.used_at < a.upto
                and e.resource_id = a.resource_id and e.metric = a.metric
        where e.late_in <= $5
        """;

    // The hours, as beginnings, of everything that came when its own period was closed and is billed with the one that begins at the moment;
    // and whether it was a reading, which tells of what came after its hour too.
    private const string LateSql = """
        select distinct date_trunc('hour', h.begins_at, 'UTC'), false from usage_hour h
        where h.installation_id = $1 and h.late_in = $2 and h.late_in > '-infinity'
        union
        select distinct date_trunc('hour', m.measured_at - interval '1 microsecond', 'UTC'), true from measurement_hour h
        join measurement m on m.installation_id = $1 and m.resource_id = h.resource_id and m.metric = h.metric
            and m.measured_at > h.hour and m.measured_at <= h.hour + interval '1 hour' and m.late_in = $2
        where h.installation_id = $1 and h.late
        """;

    // The same of what no invoice has billed yet.
    private const string AnyLateSql = """
        select exists (
            select from usage_hour h
            where h.installation_id = $1 and h.late_in = (select closed_until from usage_closing where installation_id = $1))
        or exists (
            select from measurement_hour h
            join measurement m on m.installation_id = $1 and m.resource_id = h.resource_id and m.metric = h.metric
                and m.measured_at > h.hour and m.measured_at <= h.hour + interval '1 hour'
                and m.late_in = (select closed_until from usage_closing where installation_id = $1)
            where h.installation_id = $1 and h.late)
        """;

    /// <summary>Whether anything came when its period was closed, and is still to be billed with the one that is open.</summary>
    public static Loaded<bool> AnyLate(Loads loads, InstallationId installation) =>
        loads.One(false, AnyLateSql, reader => reader.GetBoolean(0), installation.Value);

    /// <summary>Of the resources that lived in the span, once the loads are sent.</summary>
    /// <param name="start">A full hour.</param>
    /// <param name="cut">Hours, by their beginnings, in which something begins or ends that is billed by itself.</param>
    /// <param name="hourly">Since when each hour is asked for by itself; what came before, by whole days.</param>
    public static Func<MeteredUsage> Load(
        Loads loads, InstallationId installation, string[] metrics, DateTimeOffset start, DateTimeOffset until, DateTimeOffset[] cut,
        DateTimeOffset hourly, KnownUsage known)
    {
        var hours = loads.Many(HoursSql, ReadHour, installation.Value, start, until, metrics, cut);
        var readings = loads.Many(ReadingsSql, ReadReading, installation.Value, start, until, metrics, cut, known.Readings);
        var amounts = loads.Many(AmountsSql, ReadAmount, installation.Value, start, until, metrics, known.Amounts, hourly);
        return () => new MeteredUsage(readings.Value, hours.Value, amounts.Value);
    }

    /// <summary>
    /// The hours whose usage is billed with a later period, because it came when their own was closed; and whether it is a level, which lasts
    /// until another is read, also through periods that were closed meanwhile.
    /// </summary>
    /// <param name="lateIn">The beginning of that later period.</param>
    public static async Task<Seq<(DateTimeOffset Hour, bool Lasts)>> LateHours(
        NpgsqlTransaction transaction, InstallationId installation, DateTimeOffset lateIn, CancellationToken cancel)
    {
        await using var command = transaction.Command(LateSql, installation.Value, lateIn);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        return await ReadAll(reader, row => (row.Moment(0), row.GetBoolean(1)), cancel);
    }

    private static async Task<Seq<T>> ReadAll<T>(NpgsqlDataReader reader, Func<NpgsqlDataReader, T> read, CancellationToken cancel)
    {
        var rows = new List<T>();
        while (await reader.ReadAsync(cancel))
            rows.Add(read(reader));
        return rows.ToSeq().Strict();
    }

    private static Measurement ReadReading(NpgsqlDataReader reader) =>
        new(new ResourceId(reader.GetString(0)), new MetricId(reader.GetString(1)), reader.Moment(2), reader.GetDecimal(3));

    private static UsageAmount ReadAmount(NpgsqlDataReader reader) =>
        new(new ResourceId(reader.GetString(0)), new MetricId(reader.GetString(1)), reader.Moment(2), reader.GetDecimal(3));

    private static MeterHour ReadHour(NpgsqlDataReader reader) =>
        new(
            new ResourceId(reader.GetString(0)), new MetricId(reader.GetString(1)), reader.Moment(2), reader.GetDecimal(3), reader.Moment(4),
            reader.GetDecimal(5), reader.GetDecimal(6), reader.GetDecimal(7), reader.GetDecimal(8), reader.GetDecimal(9));
}
