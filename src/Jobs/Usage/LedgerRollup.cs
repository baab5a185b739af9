using Marketplace.Jobs.Scheduling;

namespace Marketplace.Jobs.Usage;

/// <summary>
/// Counts the slot ledger by the hour, and what was told of everybody's usage by the day, so that whoever looks at a month need not read all of
/// it.
/// </summary>
/// <remarks>Nothing waits for it: what has changed of the hours since is counted by whoever looks, and the days say when they were counted.</remarks>
public sealed class LedgerRollup(ILedgerHours hours, ILedgerDays days) : IScheduledJob
{
    public string Id => "ledger-rollup";

    public string Does => "Counts the slots of each hour and the usage of each day, so that the console need not count them one by one.";

    public JobSchedule Schedule => JobSchedule.EverySeconds(300);

    public async Task RunOnce(DateTimeOffset now, CancellationToken cancel)
    {
        await hours.CountAnew(now, cancel);
        await days.CountAnew(now, cancel);
    }
}

/// <summary>The counts of the slot ledger.</summary>
public interface ILedgerHours
{
    /// <summary>Counts the hours anew of which an entry has changed since the last time, and a few that were counted longest ago.</summary>
    Task CountAnew(DateTimeOffset now, CancellationToken cancel);
}

/// <summary>The sums of what Vercel was told of each day.</summary>
public interface ILedgerDays
{
    /// <summary>Counts the days anew that have changed since, or still can: Vercel takes the report of a day until the end of the next.</summary>
    Task CountAnew(DateTimeOffset now, CancellationToken cancel);
}
