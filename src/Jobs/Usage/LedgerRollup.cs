using Marketplace.Jobs.Scheduling;

namespace Marketplace.Jobs.Usage;

/// <summary>Counts the slot ledger by the hour, so that whoever looks at a month of everybody's hours need not read all of it.</summary>
/// <remarks>Nothing waits for it: what has changed since is counted by whoever looks.</remarks>
public sealed class LedgerRollup(ILedgerHours hours) : IScheduledJob
{
    public string Id => "ledger-rollup";

    public string Does => "Counts the slots of each hour, so that the console need not count them one by one.";

    public JobSchedule Schedule => JobSchedule.EverySeconds(300);

    public Task RunOnce(DateTimeOffset now, CancellationToken cancel) => hours.CountAnew(now, cancel);
}

/// <summary>The counts of the slot ledger.</summary>
public interface ILedgerHours
{
    /// <summary>Counts the hours anew of which an entry has changed since the last time, and a few that were counted longest ago.</summary>
    Task CountAnew(DateTimeOffset now, CancellationToken cancel);
}
