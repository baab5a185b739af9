namespace Marketplace.Jobs.Scheduling;

/// <summary>
/// Work that is done again and again. What is due follows from the data and <c>now</c>, never from having been woken in
/// time: a job that was not woken for a day does the day's work at the next wake.
/// </summary>
public interface IScheduledJob
{
    /// <summary>Stable across releases: the scheduler's store knows the job by it.</summary>
    string Id { get; }

    /// <summary>What it does, in a sentence for whoever operates the server.</summary>
    string Does { get; }

    JobSchedule Schedule { get; }

    /// <summary>
    /// Does what is due at <paramref name="now"/>. Any number of workers may run it side by side, and any of them may die
    /// at any moment.
    /// </summary>
    Task RunOnce(DateTimeOffset now, CancellationToken cancel);
}
