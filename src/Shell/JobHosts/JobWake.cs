namespace Marketplace.Shell.JobHosts;

/// <summary>When a job was woken, and will be; in real time, like the scheduler's.</summary>
/// <param name="Last">Null where it never was.</param>
/// <param name="Next">Null where it never will be.</param>
internal sealed record JobWake(string Job, DateTimeOffset? Last, DateTimeOffset? Next, bool IsPaused);

/// <param name="Workers">How many say that they live.</param>
internal sealed record JobWakeReport(IReadOnlyList<JobWake> Jobs, int Workers);
