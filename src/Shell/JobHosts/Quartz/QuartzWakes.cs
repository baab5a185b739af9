using Npgsql;

namespace Marketplace.Shell.JobHosts;

/// <summary>The triggers of the jobs' schedules, as Quartz keeps them.</summary>
internal sealed class QuartzWakes : IJobWakes
{
    public string Host => "Quartz";

    public async Task<IReadOnlyList<JobWake>> Load(NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var exists = new NpgsqlCommand($"select to_regclass('{QuartzScheduler.Schema}.qrtz_triggers') is not null", connection);
        if (!(bool)(await exists.ExecuteScalarAsync(cancel))!)
            return [];

        // A wake that somebody asked for has a trigger of its own, which is no schedule.
        await using var triggers = new NpgsqlCommand(
            $"""
            select job_name, prev_fire_time, next_fire_time from {QuartzScheduler.Schema}.qrtz_triggers
            where sched_name = $1 and trigger_name = job_name order by job_name
            """,
            connection)
        {
            Parameters = { new() { Value = QuartzScheduler.Name } },
        };
        await using var reader = await triggers.ExecuteReaderAsync(cancel);
        var wakes = new List<JobWake>();
        while (await reader.ReadAsync(cancel))
            wakes.Add(new JobWake(reader.GetString(0), Moment(reader, 1), Moment(reader, 2)));
        return wakes;
    }

    private static DateTimeOffset? Moment(NpgsqlDataReader reader, int column) =>
        reader.IsDBNull(column) ? null : new DateTimeOffset(reader.GetInt64(column), TimeSpan.Zero);
}
