using Marketplace.Jobs.Scheduling;

namespace Marketplace.Jobs.SignOn;

/// <summary>Forgets sessions of customers and operators that are over, and sign-ons that never came back. Neither was good for anything any more.</summary>
public sealed class SessionSweep(ISessions sessions) : IScheduledJob
{
    public string Id => "session-sweep";

    public string Does => "Forgets sessions of customers that are over, and sign-ons that never came back.";

    public JobSchedule Schedule => new JobSchedule.Cron("41 * * * *");

    public Task RunOnce(DateTimeOffset now, CancellationToken cancel) =>
        Forgetting.InBatches(max => sessions.Forget(now, max, cancel), cancel);
}

/// <summary>The store of sessions, and of sign-ons under way.</summary>
public interface ISessions
{
    /// <summary>Forgets at most <paramref name="max"/> of each that are over, and says of how many sessions or sign-ons it was, whichever were more.</summary>
    Task<int> Forget(DateTimeOffset now, int max, CancellationToken cancel);
}
