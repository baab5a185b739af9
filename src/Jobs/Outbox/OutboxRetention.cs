using Marketplace.Jobs.Scheduling;

namespace Marketplace.Jobs.Outbox;

/// <summary>Forgets messages that were delivered long ago. What could not be delivered stays, for somebody to look at and to replay.</summary>
public sealed class OutboxRetention(IOutbox outbox) : IScheduledJob
{
    public static readonly TimeSpan KeptFor = TimeSpan.FromDays(30);

    public string Id => "outbox-retention";

    public string Does => "Forgets messages that were delivered to Vercel long ago.";

    public JobSchedule Schedule => new JobSchedule.Cron("37 3 * * *");

    public Task RunOnce(DateTimeOffset now, CancellationToken cancel) =>
        Forgetting.InBatches(max => outbox.Forget(now - KeptFor, max, cancel), cancel);
}
