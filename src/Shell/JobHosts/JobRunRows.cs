using Marketplace.Jobs.Scheduling;
using Marketplace.Shell.Persistence;
using Npgsql;
using NpgsqlTypes;

namespace Marketplace.Shell.JobHosts;

/// <summary>A run that may begin.</summary>
/// <param name="At">By the database's clock, which is the same for every node.</param>
internal sealed record BegunRun(DateTimeOffset At, RunRequest? Request);

/// <summary>What nodes write of the jobs that they run.</summary>
internal static class JobRunRows
{
    // Nothing is written but where somebody has asked for the run.
    private const string BeginSql = """
        with taken as (
            delete from job_request where job_id = $1 and not exists (select from job_pause where job_id = $1)
            returning requested_by, reason)
        select clock_timestamp(), taken.requested_by, taken.reason
        from (select 1 where not exists (select from job_pause where job_id = $1)) may left join taken on true
        """;

    private const string AnnounceSql = """
        insert into job as known (job_id, does, interval_seconds, cron, announced_at) values ($1, $2, $3, $4, clock_timestamp())
        on conflict (job_id) do update set does = $2, interval_seconds = $3, cron = $4, announced_at = clock_timestamp()
        """;

    private const string BeatSql = """
        insert into job_node (node, version, jobs, running) values ($1, $2, $3, $4)
        on conflict (node) do update set seen_at = clock_timestamp(), lost_at = null, running = $4
        """;

    private const string StopSql = "update job_node set seen_at = clock_timestamp(), stopped_at = clock_timestamp(), running = '{}' where node = $1";

    // The runs of this minute come again, with more in them.
    private const string KeepSql = """
        insert into job_run (job_id, started_at, node, ended_at, outcome, runs, milliseconds, longest_milliseconds, error, requested_by, reason)
        select ended.job_id, ended.started_at, $1, ended.ended_at, ended.outcome, ended.runs, ended.milliseconds, ended.longest, ended.error,
            ended.requested_by, ended.reason
        from unnest($2::text[], $3::timestamptz[], $4::timestamptz[], $5::text[], $6::integer[], $7::bigint[], $8::bigint[], $9::text[],
            $10::text[], $11::text[])
            as ended (job_id, started_at, ended_at, outcome, runs, milliseconds, longest, error, requested_by, reason)
        on conflict (job_id, started_at, node) do update set
            ended_at = excluded.ended_at, outcome = excluded.outcome, runs = excluded.runs, milliseconds = excluded.milliseconds,
            longest_milliseconds = excluded.longest_milliseconds, error = excluded.error
        """;

    // A node that was silent and comes back says itself how its runs ended.
    private const string LoseSql = """
        with lost as (
            update job_node set lost_at = clock_timestamp()
            where stopped_at is null and lost_at is null and seen_at < clock_timestamp() - $1::interval
            returning node, seen_at, running)
        insert into job_run (job_id, started_at, node, ended_at, outcome, runs, milliseconds, longest_milliseconds)
        select under.job_id, under.since, lost.node, lost.seen_at, 'lost', 1, took.milliseconds, took.milliseconds
        from lost, jsonb_each_text(lost.running) as run (job_id, since), lateral (select run.job_id, run.since::timestamptz as since) under,
            lateral (select greatest(0, extract(epoch from lost.seen_at - under.since) * 1000)::bigint as milliseconds) took
        on conflict do nothing
        """;

    // One node wakes it; should that one die before the run begins, another does.
    private const string AskedSql = """
        update job_request set woken_at = clock_timestamp()
        where job_id = any ($1) and woken_at < clock_timestamp() - interval '30 seconds'
        returning job_id
        """;

    private const string AskAgainSql = "update job_request set woken_at = '-infinity' where job_id = $1";

    /// <summary>Null where the job is paused. Whoever asked for the run has it with that.</summary>
    public static async Task<BegunRun?> Begin(NpgsqlDataSource database, string job, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var command = connection.Command(BeginSql, job);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        return await reader.ReadAsync(cancel)
            ? new BegunRun(reader.Moment(0), reader.TextOrNull(1) is { } by ? new RunRequest(by, reader.GetString(2)) : null)
            : null;
    }

    public static void Announce(Writes writes, IScheduledJob job) =>
        writes.Add(
            AnnounceSql, job.Id, job.Does, job.Schedule is JobSchedule.Every every ? (int?)every.Interval.TotalSeconds : null,
            (job.Schedule as JobSchedule.Cron)?.Expression);

    /// <param name="running">What is under way, and since when.</param>
    public static void Beat(Writes writes, JobNode node, string[] jobs, Jsonb running) =>
        writes.Add(BeatSql, node.Name, node.Version, jobs, running);

    public static void Stop(Writes writes, JobNode node) => writes.Add(StopSql, node.Name);

    public static void Keep(Writes writes, JobNode node, IReadOnlyList<FinishedRuns> ended)
    {
        if (ended.Count == 0)
            return;

        writes.Add(
            KeepSql, node.Name,
            Column(run => run.Job), ended.Select(run => run.StartedAt).ToArray(), ended.Select(run => run.EndedAt).ToArray(),
            Column(run => JobOutcomes.WordOf(run.Outcome)), SqlValue.List(ended.Select(run => run.Runs).ToArray(), NpgsqlDbType.Integer),
            Milliseconds(run => run.Took), Milliseconds(run => run.Longest), Column(run => run.Error), Column(run => run.Request?.By),
            Column(run => run.Request?.Reason));

        SqlValue Column(Func<FinishedRuns, string?> of) => SqlValue.List(ended.Select(of).ToArray(), NpgsqlDbType.Text);

        SqlValue Milliseconds(Func<FinishedRuns, TimeSpan> of) =>
            SqlValue.List(ended.Select(run => (long)Math.Ceiling(of(run).TotalMilliseconds)).ToArray(), NpgsqlDbType.Bigint);
    }

    /// <summary>Of nodes that have been silent for so long, the runs that were under way are lost.</summary>
    public static void Lose(Writes writes, TimeSpan silence) => writes.Add(LoseSql, silence);

    /// <summary>The jobs that somebody has asked for, and that no node has woken for it lately.</summary>
    public static async Task<IReadOnlyList<string>> Asked(NpgsqlDataSource database, string[] jobs, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var command = connection.Command(AskedSql, jobs);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var asked = new List<string>();
        while (await reader.ReadAsync(cancel))
            asked.Add(reader.GetString(0));
        return asked;
    }

    /// <summary>It could not be woken now; the next beat tries again.</summary>
    public static async Task AskAgain(NpgsqlDataSource database, string job, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var command = connection.Command(AskAgainSql, job);
        await command.ExecuteNonQueryAsync(cancel);
    }
}
