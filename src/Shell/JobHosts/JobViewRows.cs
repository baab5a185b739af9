using System.Text.Json;
using Marketplace.Jobs.Scheduling;
using Marketplace.Shell.Persistence;
using Npgsql;

namespace Marketplace.Shell.JobHosts;

/// <summary>What is read of jobs and nodes, for people.</summary>
internal static class JobViewRows
{
    // Those that live first, then whoever was seen last.
    private const string NodesSql = """
        select coalesce($1, clock_timestamp()), node, version, jobs, started_at, seen_at, stopped_at, running,
            stopped_at is null and seen_at > coalesce($1, clock_timestamp()) - $2::interval as lives
        from job_node order by lives desc, seen_at desc, node limit 100
        """;

    private const string NowSql = "select coalesce($1, clock_timestamp())";

    private const string Run = """
        run.node, run.job_id, run.started_at, run.ended_at, run.outcome, run.runs, run.milliseconds, run.longest_milliseconds, run.error,
            run.requested_by, run.reason
        """;

    private const int RunColumns = 11;

    // The last run and the last hour of each job, along the key of the runs.
    private const string JobsSql = $"""
        select {Run}, job.job_id, job.does, job.interval_seconds, job.cron, pause.paused_by, pause.reason, pause.paused_at,
            request.requested_by, request.reason, recent.failures
        from job
        left join job_pause pause on pause.job_id = job.job_id
        left join job_request request on request.job_id = job.job_id
        left join lateral (select * from job_run where job_run.job_id = job.job_id order by started_at desc, node desc limit 1) run on true
        left join lateral (
            select coalesce(sum(runs), 0)::bigint as failures from job_run
            where job_run.job_id = job.job_id and started_at > clock_timestamp() - interval '1 hour' and outcome in ('failed', 'lost')) recent on true
        order by job.job_id
        """;

    // Along the key of the runs, from a place on.
    private const string NewestSql = $"""
        select {Run} from job_run run
        where run.job_id = $1 and (run.started_at, run.node) < (coalesce($2::timestamptz, 'infinity'), coalesce($3::text, '')) and ($4::text is null or run.outcome = $4)
        order by run.started_at desc, run.node desc limit $5
        """;

    private const string OldestSql = $"""
        select {Run} from job_run run
        where run.job_id = $1 and (run.started_at, run.node) > (coalesce($2::timestamptz, '-infinity'), coalesce($3::text, '')) and ($4::text is null or run.outcome = $4)
        order by run.started_at, run.node limit $5
        """;

    private const string ActionsSql = "select action, actor, cause, done_at from job_action where job_id = $1 order by sequence desc limit $2";

    /// <returns>The moment that was asked for, or the database's own, and the nodes.</returns>
    public static async Task<(DateTimeOffset Now, IReadOnlyList<NodeOverview> Nodes)> Nodes(
        NpgsqlConnection connection, DateTimeOffset? at, TimeSpan silenceMax, CancellationToken cancel)
    {
        var nodes = new List<NodeOverview>();
        await using (var command = connection.Command(NodesSql, at, silenceMax))
        {
            await using var reader = await command.ExecuteReaderAsync(cancel);
            DateTimeOffset? now = null;
            while (await reader.ReadAsync(cancel))
            {
                now = reader.Moment(0);
                nodes.Add(new NodeOverview(
                    reader.GetString(1), reader.GetString(2), reader.GetFieldValue<string[]>(3), reader.Moment(4), reader.Moment(5),
                    reader.MomentOrNull(6), JsonSerializer.Deserialize<Dictionary<string, DateTimeOffset>>(reader.GetString(7))!,
                    reader.GetBoolean(8)));
            }

            if (now is { } moment)
                return (moment, nodes);
        }

        await using var time = connection.Command(NowSql, at);
        await using var one = await time.ExecuteReaderAsync(cancel);
        await one.ReadAsync(cancel);
        return (one.Moment(0), nodes);
    }

    /// <summary>Without what the host and the nodes say of them.</summary>
    public static async Task<IReadOnlyList<JobOverview>> Jobs(NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var command = connection.Command(JobsSql);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var jobs = new List<JobOverview>();
        while (await reader.ReadAsync(cancel))
        {
            jobs.Add(new JobOverview(
                reader.GetString(RunColumns), reader.GetString(RunColumns + 1), Schedule(reader, RunColumns + 2),
                reader.TextOrNull(RunColumns + 4) is { } pausedBy
                    ? new JobPause(pausedBy, reader.GetString(RunColumns + 5), reader.Moment(RunColumns + 6))
                    : null,
                reader.TextOrNull(RunColumns + 7) is { } askedBy ? new RunRequest(askedBy, reader.GetString(RunColumns + 8)) : null,
                UnderWay: null, reader.IsDBNull(0) ? null : Runs(reader), reader.GetInt64(RunColumns + 9), Wake: null, JobState.Waiting));
        }

        return jobs;
    }

    public static async Task<IReadOnlyList<KeptRuns>> Runs(NpgsqlConnection connection, string job, AskedRuns asked, CancellationToken cancel)
    {
        await using var command = asked.NewestFirst
            ? connection.Command(NewestSql, job, asked.From, asked.Node, asked.Outcome, asked.Max)
            : connection.Command(OldestSql, job, asked.From, asked.Node, asked.Outcome, asked.Max);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var runs = new List<KeptRuns>();
        while (await reader.ReadAsync(cancel))
            runs.Add(Runs(reader));
        return runs;
    }

    /// <summary>The newest.</summary>
    public static async Task<IReadOnlyList<JobAction>> Actions(NpgsqlConnection connection, string job, int max, CancellationToken cancel)
    {
        await using var command = connection.Command(ActionsSql, job, max);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var actions = new List<JobAction>();
        while (await reader.ReadAsync(cancel))
            actions.Add(new JobAction(reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.Moment(3)));
        return actions;
    }

    private static JobSchedule Schedule(NpgsqlDataReader reader, int column) =>
        reader.IsDBNull(column) ? new JobSchedule.Cron(reader.GetString(column + 1)) : JobSchedule.EverySeconds(reader.GetInt32(column));

    private static KeptRuns Runs(NpgsqlDataReader reader) => new(
        reader.GetString(0),
        new FinishedRuns(
            reader.GetString(1), reader.Moment(2), reader.Moment(3), JobOutcomes.Of(reader.GetString(4)), reader.GetInt32(5),
            TimeSpan.FromMilliseconds(reader.GetInt64(6)), TimeSpan.FromMilliseconds(reader.GetInt64(7)), reader.TextOrNull(8),
            reader.TextOrNull(9) is { } by ? new RunRequest(by, reader.GetString(10)) : null));
}
