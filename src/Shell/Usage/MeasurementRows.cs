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
    private const string AppendSql = """
        insert into measurement (installation_id, resource_id, metric, measured_at, value)
        select $1, $2, $3, $4, $5
        where not exists (
            select from measurement
            where installation_id = $1 and resource_id = $2 and metric = $3 and measured_at > $4)
        on conflict do nothing
        """;

    // Those of the span, and for each metric the last one before it: a level lasts, and a counter is billed by its growth.
    private const string LoadSql = """
        select resource_id, metric, measured_at, value from measurement
        where installation_id = $1 and measured_at >= $2 and measured_at <= $3
        union all
        (select distinct on (resource_id, metric) resource_id, metric, measured_at, value from measurement
         where installation_id = $1 and measured_at < $2
         order by resource_id, metric, measured_at desc)
        """;

    public static void Append(Writes writes, InstallationId installation, Measurement measurement) =>
        writes.Add(
            AppendSql, installation.Value, measurement.Resource.Value, measurement.Metric.Value, measurement.MeasuredAt,
            measurement.Value);

    public static async Task<Seq<Measurement>> Load(
        NpgsqlTransaction transaction, InstallationId installation, DateTimeOffset start, DateTimeOffset until,
        CancellationToken cancel)
    {
        await using var command = transaction.Command(LoadSql, installation.Value, start, until);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var measurements = new List<Measurement>();
        while (await reader.ReadAsync(cancel))
        {
            measurements.Add(new Measurement(
                new ResourceId(reader.GetString(0)), new MetricId(reader.GetString(1)), reader.Moment(2), reader.GetDecimal(3)));
        }

        return measurements.ToSeq().Strict();
    }
}
