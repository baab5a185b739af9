using LanguageExt;
using Marketplace.Core.Installations;
using Marketplace.Core.Resources;
using Marketplace.Core.Usage;
using Marketplace.Shell.Persistence;
using Npgsql;

namespace Marketplace.Shell.Usage;

/// <summary>Readings of meters: written once, never changed. A second reading at the same moment is the same reading.</summary>
internal static class MeasurementRows
{
    private const string AppendSql = """
        insert into measurement (installation_id, resource_id, metric, measured_at, value)
        values ($1, $2, $3, $4, $5) on conflict do nothing
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
