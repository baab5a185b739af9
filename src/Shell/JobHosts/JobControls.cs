using Marketplace.Shell.Audit;
using Marketplace.Shell.Persistence;
using Npgsql;

namespace Marketplace.Shell.JobHosts;

/// <summary>How what a person asked of a job was taken.</summary>
internal enum JobAnswer
{
    Done,

    /// <summary>No node has ever announced such a job.</summary>
    Unknown,

    /// <summary>It is as wanted already: paused, or not; or a run is asked for, and has not begun.</summary>
    AsItWas,

    /// <summary>It must be resumed first.</summary>
    Paused,
}

/// <summary>What people do to jobs. It goes through the database, so that it holds for every node, and whoever asks needs to run none.</summary>
/// <remarks>The cause of an actor has the reason too, for whoever reads what was done.</remarks>
internal sealed class JobControls(NpgsqlDataSource database)
{
    /// <summary>One run as soon as a node is free, beside those of the schedule.</summary>
    public Task<JobAnswer> Run(string job, Actor actor, string reason, CancellationToken cancel) =>
        Decide(transaction => JobControlRows.Ask(transaction, job, actor, reason, cancel), job, "run", actor, cancel);

    /// <summary>No node begins it from now on; a run that is under way comes to its end.</summary>
    public Task<JobAnswer> Pause(string job, Actor actor, string reason, CancellationToken cancel) =>
        Decide(transaction => JobControlRows.Pause(transaction, job, actor, reason, cancel), job, "pause", actor, cancel);

    public Task<JobAnswer> Resume(string job, Actor actor, CancellationToken cancel) =>
        Decide(transaction => JobControlRows.Resume(transaction, job, cancel), job, "resume", actor, cancel);

    private async Task<JobAnswer> Decide(
        Func<NpgsqlTransaction, Task<JobAnswer>> change, string job, string action, Actor actor, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        if (!await JobControlRows.Lock(transaction, job, cancel))
            return JobAnswer.Unknown;

        var answer = await change(transaction);
        if (answer != JobAnswer.Done)
            return answer;

        await JobControlRows.Record(transaction, job, action, actor, cancel);
        await transaction.CommitAsync(cancel);
        return JobAnswer.Done;
    }
}
