using Marketplace.Shell.Audit;
using Marketplace.Shell.Persistence;
using Npgsql;

namespace Marketplace.Shell.JobHosts;

/// <summary>What people ask of jobs, and have done to them.</summary>
internal static class JobControlRows
{
    // One person at a time for each job.
    private const string LockSql = "select from job where job_id = $1 for update";

    private const string AskSql = """
        insert into job_request (job_id, requested_by, reason)
        select $1, $2, $3 where not exists (select from job_pause where job_id = $1)
        on conflict (job_id) do nothing
        """;

    private const string IsPausedSql = "select exists (select from job_pause where job_id = $1)";

    // What was asked for before is not done when the job is resumed, which may be much later.
    private const string PauseSql = """
        with withdrawn as (delete from job_request where job_id = $1)
        insert into job_pause (job_id, paused_by, reason) values ($1, $2, $3) on conflict (job_id) do nothing
        """;

    private const string ResumeSql = "delete from job_pause where job_id = $1";

    private const string RecordSql = "insert into job_action (job_id, action, actor, cause) values ($1, $2, $3, $4)";

    public static async Task<bool> Lock(NpgsqlTransaction transaction, string job, CancellationToken cancel)
    {
        await using var command = transaction.Command(LockSql, job);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        return await reader.ReadAsync(cancel);
    }

    public static async Task<JobAnswer> Ask(NpgsqlTransaction transaction, string job, Actor actor, string reason, CancellationToken cancel)
    {
        await using var ask = transaction.Command(AskSql, job, actor.Name, reason);
        if (await ask.ExecuteNonQueryAsync(cancel) == 1)
            return JobAnswer.Done;
        await using var paused = transaction.Command(IsPausedSql, job);
        return (bool)(await paused.ExecuteScalarAsync(cancel))! ? JobAnswer.Paused : JobAnswer.AsItWas;
    }

    public static async Task<JobAnswer> Pause(NpgsqlTransaction transaction, string job, Actor actor, string reason, CancellationToken cancel)
    {
        await using var command = transaction.Command(PauseSql, job, actor.Name, reason);
        return await command.ExecuteNonQueryAsync(cancel) == 1 ? JobAnswer.Done : JobAnswer.AsItWas;
    }

    public static async Task<JobAnswer> Resume(NpgsqlTransaction transaction, string job, CancellationToken cancel)
    {
        await using var command = transaction.Command(ResumeSql, job);
        return await command.ExecuteNonQueryAsync(cancel) == 1 ? JobAnswer.Done : JobAnswer.AsItWas;
    }

    public static async Task Record(NpgsqlTransaction transaction, string job, string action, Actor actor, CancellationToken cancel)
    {
        await using var command = transaction.Command(RecordSql, job, action, actor.Name, actor.Cause);
        await command.ExecuteNonQueryAsync(cancel);
    }
}
