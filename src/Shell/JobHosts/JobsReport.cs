using Marketplace.Jobs.Scheduling;

namespace Marketplace.Shell.JobHosts;

/// <summary>How a job stands.</summary>
internal enum JobState
{
    /// <summary>It is woken as it should be.</summary>
    Waiting,
    Running,

    /// <summary>Somebody wants it not to run.</summary>
    Paused,

    /// <summary>Its wake is over, and it was not woken.</summary>
    Late,

    /// <summary>No node that lives knows it.</summary>
    Unserved,
}

/// <param name="By">Such as <c>operator:ada</c>.</param>
internal sealed record JobPause(string By, string Reason, DateTimeOffset At);

/// <param name="Node">On which node.</param>
internal sealed record JobUnderWay(string Node, DateTimeOffset Since);

/// <summary>One or more runs of a job, on one node.</summary>
internal sealed record KeptRuns(string Node, FinishedRuns Runs);

/// <summary>Which runs of a job somebody wants to see.</summary>
/// <param name="From">The place after which the list goes on, with <paramref name="Node"/>; null at its beginning.</param>
/// <param name="Outcome">Any when null.</param>
internal sealed record AskedRuns(bool NewestFirst, DateTimeOffset? From, string? Node, string? Outcome, int Max)
{
    public static AskedRuns Newest(int max) => new(NewestFirst: true, null, null, null, max);
}

/// <summary>What a person did to a job.</summary>
/// <param name="Action"><c>run</c>, <c>pause</c> or <c>resume</c>.</param>
internal sealed record JobAction(string Action, string Actor, string Cause, DateTimeOffset At);

/// <summary>One job as it is known to every node.</summary>
/// <param name="Asked">A run that somebody asked for, and that has not begun.</param>
/// <param name="Failures">Runs that failed or were lost within the last hour.</param>
internal sealed record JobOverview(
    string Id, string Does, JobSchedule Schedule, JobPause? Pause, RunRequest? Asked, JobUnderWay? UnderWay, KeptRuns? Last, long Failures,
    JobWake? Wake, JobState State);

/// <summary>A process that runs jobs, or ran them.</summary>
/// <param name="StoppedAt">When it stopped as it should; null while it lives, and when it died.</param>
internal sealed record NodeOverview(
    string Name, string Version, IReadOnlyList<string> Jobs, DateTimeOffset StartedAt, DateTimeOffset SeenAt, DateTimeOffset? StoppedAt,
    IReadOnlyDictionary<string, DateTimeOffset> Running, bool Lives);

/// <summary>All jobs and all nodes, at one moment.</summary>
/// <param name="At">Real time.</param>
/// <param name="Host">What wakes the jobs.</param>
internal sealed record JobsReport(DateTimeOffset At, string Host, IReadOnlyList<JobOverview> Jobs, IReadOnlyList<NodeOverview> Nodes)
{
    public int Living => Nodes.Count(node => node.Lives);
}
