using LanguageExt;
using Marketplace.Core.Installations;
using Marketplace.Core.Resources;
using Marketplace.Core.Usage;
using Marketplace.Shell.Persistence;
using Npgsql;

namespace Marketplace.Shell.Usage;

/// <summary>Readings of meters: written once, in the order of their moments, never changed. A second one at the same moment is the same reading.</summary>
internal static class MeasurementRows
{
    // A reading that was held up knows more than its moment: before a later one it would look like a counter that began anew.
    // Where its hour was summed up already, it is to be summed up anew. One that was held up until its period was closed is late: what was
    // used until then is billed with the first period that is open.
    private const string AppendSql = """
        with kept as (
            insert into measurement (installation_id, resource_id, metric, measured_at, value, late_in)
            select $1, $2, $3, $4, $5,
                coalesce((select closed_until from usage_closing where installation_id = $1 and closed_until >= $4), '-infinity')
            where not exists (
                select from measurement
                where installation_id = $1 and resource_id = $2 and metric = $3 and measured_at > $4)
            on conflict do nothing
            returning late_in > '-infinity' as late),
        stale as (
            update measurement_hour set stale = true
            where installation_id = $1 and resource_id = $2 and metric = $3
                and hour = date_trunc('hour', $4::timestamptz - interval '1 microsecond', 'UTC') and not stale
                and not exists (select from kept where late))
        insert into measurement_hour (installation_id, resource_id, metric, hour, stale, late)
        select $1, $2, $3, date_trunc('hour', $4::timestamptz - interval '1 microsecond', 'UTC'), true, true from kept where late
        on conflict (installation_id, resource_id, metric, hour) do update set stale = true, late = true
        """;

    private const string LoadLatestSql = """
        select last.resource_id, last.metric, last.measured_at, last.value
        from unnest($2::text[]) as r (resource_id) cross join unnest($3::text[]) as w (metric)
        cross join lateral (
            select m.resource_id, m.metric, m.measured_at, m.value from measurement m
            where m.installation_id = $1 and m.resource_id = r.resource_id and m.metric = w.metric
            order by m.measured_at desc limit 1) last
        """;

    public static void Append(Writes writes, InstallationId installation, Measurement measurement) =>
        writes.Add(
            AppendSql, installation.Value, measurement.Resource.Value, measurement.Metric.Value, measurement.MeasuredAt,
            measurement.Value);

    /// <summary>The last of each metric of these resources.</summary>
    public static Loaded<Seq<Measurement>> LoadLatest(
        Loads loads, InstallationId installation, Seq<ResourceId> resources, IEnumerable<MetricId> metrics) => loads.Many(
        LoadLatestSql, ReadOne, installation.Value, resources.Select(resource => resource.Value).ToArray(),
        metrics.Select(metric => metric.Value).ToArray());

    private static Measurement ReadOne(NpgsqlDataReader reader) =>
        new(new ResourceId(reader.GetString(0)), new MetricId(reader.GetString(1)), reader.Moment(2), reader.GetDecimal(3));
}
