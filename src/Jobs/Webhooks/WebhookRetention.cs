using Marketplace.Jobs.Scheduling;

namespace Marketplace.Jobs.Webhooks;

/// <summary>Forgets webhooks that had their effect long ago. One that comes again within that time is known again by its id.</summary>
public sealed class WebhookRetention(IWebhooks webhooks) : IScheduledJob
{
    /// <summary>Vercel repeats a webhook for a day (contract §F); after that, it is there to be looked at.</summary>
    public static readonly TimeSpan KeptFor = TimeSpan.FromDays(30);

    public string Id => "webhook-retention";

    public string Does => "Forgets webhooks that had their effect long ago.";

    public JobSchedule Schedule => new JobSchedule.Cron("41 * * * *");

    public Task RunOnce(DateTimeOffset now, CancellationToken cancel) =>
        Forgetting.InBatches(max => webhooks.Forget(now - KeptFor, max, cancel), cancel);
}
