using Marketplace.Shell.Persistence;
using Npgsql;

namespace Marketplace.Shell.JobHosts;

/// <summary>What is forgotten of jobs and nodes, by the database's clock.</summary>
internal static class JobHistoryRows
{
    /// <summary>As many rows of each job stay for a month, however well they went: a job of every night has something to show.</summary>
    private const int NewestKept = 500;

    // Each job's rows are looked through along their key, from the oldest on.
    private const string ForgetSql = """
        with known as (
            select job.job_id, (
                select run.started_at from job_run run where run.job_id = job.job_id order by run.started_at desc offset $2 limit 1) as older
            from (select distinct job_id from job_run) job),
        over as (
            select run.job_id, run.started_at, run.node
            from known join job_run run on run.job_id = known.job_id and run.started_at < clock_timestamp() - interval '3 days'
            where run.started_at < clock_timestamp() - interval '30 days'
                or (run.outcome = 'succeeded' and run.requested_by is null and run.started_at <= known.older)
            limit $1)
        delete from job_run run using over
        where run.job_id = over.job_id and run.started_at = over.started_at and run.node = over.node
        """;

    private const string ForgetNodesSql = "delete from job_node where seen_at < clock_timestamp() - interval '7 days'";

    // A job of an earlier version, of which nothing is left to show.
    private const string ForgetJobsSql = """
        delete from job where announced_at < clock_timestamp() - interval '7 days'
            and not exists (select from job_run where job_run.job_id = job.job_id)
            and not exists (select from job_pause where job_pause.job_id = job.job_id)
        """;

    private const string ForgetActionsSql = "delete from job_action where done_at < clock_timestamp() - interval '400 days'";

    /// <summary>How many runs were forgotten.</summary>
    public static async Task<int> Forget(NpgsqlConnection connection, int max, CancellationToken cancel)
    {
        await using var runs = connection.Command(ForgetSql, max, NewestKept);
        var forgotten = await runs.ExecuteNonQueryAsync(cancel);
        await using var nodes = connection.Command(ForgetNodesSql);
        await nodes.ExecuteNonQueryAsync(cancel);
        await using var jobs = connection.Command(ForgetJobsSql);
        await jobs.ExecuteNonQueryAsync(cancel);
        await using var actions = connection.Command(ForgetActionsSql);
        await actions.ExecuteNonQueryAsync(cancel);
        return forgotten;
    }
}
