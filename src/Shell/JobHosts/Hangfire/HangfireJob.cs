using Hangfire;
using Npgsql;

namespace Marketplace.Shell.JobHosts;

/// <summary>What Hangfire runs. Its store names this class and its method: a release that renames them does not know the wakes of the one before.</summary>
internal sealed class HangfireJob(JobRun run, NpgsqlDataSource database)
{
    /// <summary>Nothing where another node has the job under way: what is due then is that one's, or the next wake's.</summary>
    /// <exception cref="JobFailedException">The run went wrong. It is in the log and in the history already; this tells Hangfire.</exception>
    [JobDisplayName("{0}")]
    public async Task Run(string job, CancellationToken cancel)
    {
        await using var turn = await JobTurn.TryTake(database, job, cancel);
        if (turn is null)
            return;

        var error = await run.Once(job, cancel);
        // A wake that its node could not bring to its end goes back to the queue, to a node that lives on.
        cancel.ThrowIfCancellationRequested();
        if (error is not null)
            throw new JobFailedException(error);
    }
}

/// <summary>The run of a job went wrong.</summary>
/// <param name="error">As the history says it: this is kept where every operator reads it.</param>
internal sealed class JobFailedException(string error) : Exception(error);
