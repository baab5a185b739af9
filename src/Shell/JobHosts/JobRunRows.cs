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
        with may as materialized (select clock_timestamp() as at where not exists (select from job_pause where job_id = $1)),
        taken as (delete from job_request where job_id = $1 and exists (select from may) returning requested_by, reason, requested_at),
        begun as (
            insert into job_request_begun (node, job_id, begun_at, requested_by, reason, requested_at)
            select $2, $1, may.at, taken.requested_by, taken.reason, taken.requested_at from may, taken)
        select may.at, taken.requested_by, taken.reason from may left join taken on true
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

    // It was cut off: whoever asked for it still wants it, unless the job is paused or asked for anew.
    private const string EndAskedSql = """
        with over as (
            delete from job_request_begun where node = $1 and job_id = $2 and begun_at = $3 returning job_id, requested_by, reason, requested_at)
        insert into job_request (job_id, requested_by, reason, requested_at)
        select job_id, requested_by, reason, requested_at from over
        where $4 and not exists (select from job_pause where job_pause.job_id = over.job_id)
        on conflict (job_id) do nothing
        """;

    // A node that was silent and comes back says itself how its runs ended.
    private const string LoseSql = """
        with lost as (
            update job_node set lost_at = clock_timestamp()
            where stopped_at is null and lost_at is null and seen_at < clock_timestamp() - $1::interval
            returning node, seen_at, running),
        asked as (
            delete from job_request_begun begun using lost where begun.node = lost.node
            returning begun.node, begun.job_id, begun.begun_at, begun.requested_by, begun.reason, begun.requested_at),
        again as (
            insert into job_request (job_id, requested_by, reason, requested_at)
            select job_id, requested_by, reason, requested_at from asked
            where not exists (select from job_pause where job_pause.job_id = asked.job_id)
            order by requested_at
            on conflict (job_id) do nothing)
        insert into job_run (job_id, started_at, node, ended_at, outcome, runs, milliseconds, longest_milliseconds, requested_by, reason)
        select under.job_id, under.since, lost.node, lost.seen_at, 'lost', 1, took.milliseconds, took.milliseconds, asked.requested_by, asked.reason
        from lost cross join jsonb_each_text(lost.running) as run (job_id, since)
        cross join lateral (select run.job_id, run.since::timestamptz as since) under
        cross join lateral (select greatest(0, extract(epoch from lost.seen_at - under.since) * 1000)::bigint as milliseconds) took
        left join asked on asked.node = lost.node and asked.job_id = under.job_id and asked.begun_at = under.since
        on conflict do nothing
        """;

    // One node wakes it; should that one die before the run begins, another does.
    private const string AskedSql = """
        update job_request set woken_at = clock_timestamp()
        where job_id = any ($1) and woken_at < clock_timestamp() - interval '30 seconds'
        returning job_id
        """;

    private const string AnnouncedSql = "select job_id from job where announced_at > clock_timestamp() - $1::interval";

    private const string AskAgainSql = "update job_request set woken_at = '-infinity' where job_id = $1";

    /// <summary>Null where the job is paused. Whoever asked for the run has it with that.</summary>
    public static async Task<BegunRun?> Begin(NpgsqlDataSource database, JobNode node, string job, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var command = connection.Command(BeginSql, job, node.Name);
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

    /// <summary>Runs that somebody asked for are over, or asked for again where they were cut off.</summary>
    public static void EndAsked(Writes writes, JobNode node, IReadOnlyList<FinishedRuns> ended)
    {
        foreach (var run in ended.Where(run => run.Request is not null))
            writes.Add(EndAskedSql, node.Name, run.Job, run.StartedAt, run.Outcome == JobOutcome.Stopped);
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

    /// <summary>The jobs that a node has announced within this time.</summary>
    public static async Task<IReadOnlySet<string>> Announced(NpgsqlConnection connection, TimeSpan within, CancellationToken cancel)
    {
        await using var command = connection.Command(AnnouncedSql, within);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var announced = new HashSet<string>(StringComparer.Ordinal);
        while (await reader.ReadAsync(cancel))
            announced.Add(reader.GetString(0));
        return announced;
    }

    /// <summary>It could not be woken now; the next beat tries again.</summary>
    public static async Task AskAgain(NpgsqlDataSource database, string job, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var command = connection.Command(AskAgainSql, job);
        await command.ExecuteNonQueryAsync(cancel);
    }
}
