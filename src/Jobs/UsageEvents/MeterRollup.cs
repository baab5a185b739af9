using Marketplace.Jobs.Scheduling;

namespace Marketplace.Jobs.UsageEvents;

/// <summary>Sums up the readings of hours that are over, so that reports and invoices need not read them one by one.</summary>
/// <remarks>Nothing waits for it: an hour that is not summed up is read from its readings, and one that gets another is summed up anew.</remarks>
public sealed class MeterRollup(IMeterHours hours) : IScheduledJob
{
    /// <summary>Long enough for most of what is late.</summary>
    private static readonly TimeSpan Settled = TimeSpan.FromMinutes(15);

    /// <summary>So few at a time that nobody waits for their locks.</summary>
    private const int BatchSize = 200;

    public string Id => "meter-rollup";

    public string Does => "Sums up the readings of hours that are over, so that reports need not read them one by one.";

    public JobSchedule Schedule => JobSchedule.EverySeconds(60);

    public async Task RunOnce(DateTimeOffset now, CancellationToken cancel)
    {
        while (await hours.SumUp(now - Settled, BatchSize, cancel) == BatchSize)
            cancel.ThrowIfCancellationRequested();
    }
}

/// <summary>The store of hours of readings.</summary>
public interface IMeterHours
{
    /// <summary>Sums up at most <paramref name="max"/> hours that were over before a moment and are not summed up, and says how many it was.</summary>
    Task<int> SumUp(DateTimeOffset before, int max, CancellationToken cancel);
}
