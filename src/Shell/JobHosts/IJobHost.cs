using Npgsql;

namespace Marketplace.Shell.JobHosts;

/// <summary>
/// What wakes the jobs, on a node that runs them. Each host has a folder of its own, and exactly one is compiled; pauses, history and
/// whoever asks for a run are no matter of the host.
/// </summary>
/// <remarks>A host wakes a job by <see cref="JobRun.Once"/>, on one node at a time, and wakes it once for all wakes that were missed.</remarks>
internal interface IJobHost
{
    /// <summary>Has the job run on some node as soon as one is free; after the run that is under way, if there is one.</summary>
    /// <returns>False where this host makes no wake while one is waiting or under way: it is to be asked again.</returns>
    Task<bool> Wake(string job, CancellationToken cancel);

    /// <summary>Whether this node would begin a job whose time has come: it was started, and has not been stopped.</summary>
    bool IsRunning { get; }

    /// <summary>Wakes a job no more that no version has any longer. Nothing where the host does not know it.</summary>
    Task Forget(string job, CancellationToken cancel);
}

/// <summary>What the host's store says of its wakes, also while no host runs here.</summary>
internal interface IJobWakes
{
    /// <summary>The host's name, for people.</summary>
    string Host { get; }

    /// <summary>One for each job that the store knows; none where no host has ever run on this database.</summary>
    Task<IReadOnlyList<JobWake>> Load(NpgsqlConnection connection, CancellationToken cancel);
}

/// <summary>When a job was woken, and will be; in real time, like the scheduler's.</summary>
/// <param name="Last">Null where it never was.</param>
/// <param name="Next">Null where it never will be.</param>
internal sealed record JobWake(string Job, DateTimeOffset? Last, DateTimeOffset? Next);
