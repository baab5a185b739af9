using Npgsql;

namespace Marketplace.Shell.JobHosts;

/// <summary>What the scheduler's store says of the past and of what is next, also while no scheduler runs here.</summary>
internal static class JobWakes
{
    /// <summary>A worker that has not said for so long that it lives is dead.</summary>
    private static readonly TimeSpan CheckinMax = TimeSpan.FromSeconds(30);

    /// <summary>Null where no worker has ever run on this database.</summary>
    /// <param name="now">Real time: the store counts in ticks of the workers' own clocks.</param>
    public static async Task<JobWakeReport?> Load(NpgsqlConnection connection, DateTimeOffset now, CancellationToken cancel)
    {
        await using var exists = new NpgsqlCommand($"select to_regclass('{QuartzScheduler.Schema}.qrtz_triggers') is not null", connection);
        if (!(bool)(await exists.ExecuteScalarAsync(cancel))!)
            return null;

        await using var living = new NpgsqlCommand(
            $"select count(*) from {QuartzScheduler.Schema}.qrtz_scheduler_state where sched_name = $1 and last_checkin_time > $2", connection)
        {
            Parameters = { new() { Value = QuartzScheduler.Name }, new() { Value = (now - CheckinMax).UtcTicks } },
        };
        var workers = (long)(await living.ExecuteScalarAsync(cancel))!;

        await using var triggers = new NpgsqlCommand(
            $"""
            select job_name, prev_fire_time, next_fire_time, trigger_state from {QuartzScheduler.Schema}.qrtz_triggers
            where sched_name = $1 order by job_name
            """,
            connection)
        {
            Parameters = { new() { Value = QuartzScheduler.Name } },
        };
        await using var reader = await triggers.ExecuteReaderAsync(cancel);
        var jobs = new List<JobWake>();
        while (await reader.ReadAsync(cancel))
            jobs.Add(new JobWake(reader.GetString(0), Moment(reader, 1), Moment(reader, 2), reader.GetString(3) == "PAUSED"));
        return new JobWakeReport(jobs, (int)workers);
    }

    private static DateTimeOffset? Moment(NpgsqlDataReader reader, int column) =>
        reader.IsDBNull(column) ? null : new DateTimeOffset(reader.GetInt64(column), TimeSpan.Zero);
}
