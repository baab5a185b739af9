using Marketplace.Jobs.Scheduling;

namespace Marketplace.Jobs.UsageEvents;

/// <summary>
/// Makes room for the events of the months to come, and lets go of those that are invoiced and past their time: usage events are all
/// that grows without bound. Their sums stay.
/// </summary>
/// <param name="acceptedFor">So long an event is known again; later none of its time is taken.</param>
/// <param name="keptFor">How long after the end of their month events are kept one by one.</param>
public sealed class UsageRetention(IUsageEvents events, TimeSpan acceptedFor, TimeSpan keptFor) : IScheduledJob
{
    private const int MonthsAhead = 2;

    /// <summary>So few at a time that nobody waits for their locks.</summary>
    private const int BatchSize = 5000;

    /// <summary>An event may be of a moment that is still to come: as far as clocks differ, and more than that.</summary>
    private static readonly TimeSpan Ahead = TimeSpan.FromHours(1);

    public string Id => "usage-retention";

    public string Does => "Makes room for the usage events of months to come, and lets go of those that are invoiced and past their time.";

    public JobSchedule Schedule => JobSchedule.EverySeconds(1800);

    public async Task RunOnce(DateTimeOffset now, CancellationToken cancel)
    {
        for (var ahead = 0; ahead <= MonthsAhead; ahead++)
            await events.MakeMonth(now.AddMonths(ahead), cancel);

        await events.DropMonths(now - keptFor, cancel);
        while (await events.ForgetKeys(now - acceptedFor - Ahead, BatchSize, cancel) == BatchSize)
            cancel.ThrowIfCancellationRequested();
    }
}

/// <summary>The store of usage events.</summary>
public interface IUsageEvents
{
    /// <summary>A table for the month of the moment, if there is none and nothing stands in its way.</summary>
    Task MakeMonth(DateTimeOffset month, CancellationToken cancel);

    /// <summary>Drops the months that were over before a moment, and that are invoiced to everybody.</summary>
    Task DropMonths(DateTimeOffset before, CancellationToken cancel);

    /// <summary>Forgets at most <paramref name="max"/> keys of events that came before a moment, and says how many it was.</summary>
    Task<int> ForgetKeys(DateTimeOffset before, int max, CancellationToken cancel);
}
