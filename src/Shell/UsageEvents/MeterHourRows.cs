using Marketplace.Shell.Persistence;
using Npgsql;
using NpgsqlTypes;

namespace Marketplace.Shell.UsageEvents;

/// <summary>The hours of readings, summed up in batches.</summary>
internal static class MeterHourRows
{
    // Batch claim of a job: it spans installations on purpose. Whoever writes a reading into one of these hours waits until it is summed up,
    // and makes it stale again.
    private const string ClaimSql = """
        select installation_id, resource_id, metric, hour from measurement_hour
        where stale and hour < $1 order by hour limit $2 for update skip locked
        """;

    // A statement of its own, so that it sees everything that was written before the claim was had.
    private const string SumUpSql = """
        with due as (
            select * from unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[]) as d (installation_id, resource_id, metric, hour)),
        reading as (
            select d.*, m.measured_at, m.value, lag(m.value) over ordered as before, lead(m.measured_at) over ordered as next_at
            from due d join measurement m on m.installation_id = d.installation_id and m.resource_id = d.resource_id and m.metric = d.metric
                and m.measured_at > d.hour and m.measured_at <= d.hour + interval '1 hour'
            window ordered as (partition by d.installation_id, d.resource_id, d.metric, d.hour order by m.measured_at)),
        summed as (
            select installation_id, resource_id, metric, hour, min(measured_at) as first_at, max(measured_at) as last_at,
                (array_agg(value order by measured_at))[1] as first_value, (array_agg(value order by measured_at desc))[1] as last_value,
                min(value) as low, max(value) as high,
                coalesce(sum(case when value < before then value else value - before end), 0) as grown,
                round(coalesce(sum(value * (extract(epoch from next_at - measured_at) * 1000000)::bigint), 0), 6) as weighted
            from reading group by installation_id, resource_id, metric, hour)
        update measurement_hour h set stale = false, first_at = s.first_at, first_value = s.first_value, last_at = s.last_at,
            last_value = s.last_value, low = s.low, high = s.high, grown = s.grown, weighted = s.weighted
        from summed s
        where h.installation_id = s.installation_id and h.resource_id = s.resource_id and h.metric = s.metric and h.hour = s.hour
        """;

    public static async Task<int> SumUp(NpgsqlDataSource database, DateTimeOffset before, int max, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var (installations, resources, metrics, hours) = (new List<string>(), new List<string>(), new List<string>(), new List<DateTimeOffset>());
        await using (var claim = transaction.Command(ClaimSql, before.AddHours(-1), max))
        {
            await using var reader = await claim.ExecuteReaderAsync(cancel);
            while (await reader.ReadAsync(cancel))
            {
                installations.Add(reader.GetString(0));
                resources.Add(reader.GetString(1));
                metrics.Add(reader.GetString(2));
                hours.Add(reader.Moment(3));
            }
        }

        if (hours.Count > 0)
        {
            await using var sum = transaction.Command(
                SumUpSql, SqlValue.List(installations, NpgsqlDbType.Text), SqlValue.List(resources, NpgsqlDbType.Text),
                SqlValue.List(metrics, NpgsqlDbType.Text), SqlValue.List(hours, NpgsqlDbType.TimestampTz));
            await sum.ExecuteNonQueryAsync(cancel);
            await transaction.CommitAsync(cancel);
        }

        return hours.Count;
    }
}
