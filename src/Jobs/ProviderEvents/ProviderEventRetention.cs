using Marketplace.Jobs.Scheduling;

namespace Marketplace.Jobs.ProviderEvents;

/// <summary>Forgets events that were delivered, and happened long ago. What was given up stays, for somebody to look at and to replay.</summary>
public sealed class ProviderEventRetention(IProviderEvents events) : IScheduledJob
{
    public static readonly TimeSpan KeptFor = TimeSpan.FromDays(30);

    public string Id => "provider-event-retention";

    public string Does => "Forgets events that your backend has had for thirty days.";

    public JobSchedule Schedule => new JobSchedule.Cron("52 3 * * *");

    public Task RunOnce(DateTimeOffset now, CancellationToken cancel) =>
        Forgetting.InBatches(max => events.Forget(now - KeptFor, max, cancel), cancel);
}
