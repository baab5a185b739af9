using Marketplace.Jobs.Scheduling;

namespace Marketplace.Jobs.Outbox;

/// <summary>Forgets messages that were delivered long ago. What could not be delivered stays, for somebody to look at and to replay.</summary>
public sealed class OutboxRetention(IOutbox outbox) : IScheduledJob
{
    public static readonly TimeSpan KeptFor = TimeSpan.FromDays(30);

    /// <summary>So few at a time that nobody waits for their locks.</summary>
    private const int BatchSize = 1000;

    public string Id => "outbox-retention";

    public JobSchedule Schedule => new JobSchedule.Cron("37 3 * * *");

    public async Task RunOnce(DateTimeOffset now, CancellationToken cancel)
    {
        while (await outbox.Forget(now - KeptFor, BatchSize, cancel) == BatchSize)
            cancel.ThrowIfCancellationRequested();
    }
}
