namespace Marketplace.Jobs.Scheduling;

/// <summary>The history of the jobs themselves, which is written as they run. All of it is in real time.</summary>
public interface IJobHistory
{
    /// <summary>Forgets at most <paramref name="max"/> rows whose time is over, and says how many it was.</summary>
    Task<int> Forget(int max, CancellationToken cancel);
}

/// <summary>Forgets what jobs did long ago: soon what went well, later what did not.</summary>
public sealed class JobHistoryRetention(IJobHistory history) : IScheduledJob
{
    public string Id => "job-history-retention";

    public string Does => "Forgets runs of jobs: after three days those that went well, but the last ones of each job; after thirty the others.";

    public JobSchedule Schedule => new JobSchedule.Cron("23 * * * *");

    public Task RunOnce(DateTimeOffset now, CancellationToken cancel) =>
        Forgetting.InBatches(max => history.Forget(max, cancel), cancel);
}
