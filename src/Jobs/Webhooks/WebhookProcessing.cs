using Marketplace.Jobs.Scheduling;
using Microsoft.Extensions.Logging;

namespace Marketplace.Jobs.Webhooks;

/// <summary>Gives every stored webhook its effect: after the acknowledgement, in any order, any number of times. Source: contract §F.</summary>
public sealed partial class WebhookProcessing(IWebhooks webhooks, ILogger<WebhookProcessing> log) : IScheduledJob
{
    private const int WebhooksMax = 8;

    private const int AttemptsMax = 12;

    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(1);

    public string Id => "webhooks";

    public JobSchedule Schedule => JobSchedule.EverySeconds(2);

    public Task RunOnce(DateTimeOffset now, CancellationToken cancel) =>
        Claims.WorkOff(max => webhooks.Claim(max, Lease, cancel), WebhooksMax, webhook => Process(webhook, now, cancel), cancel);

    private async Task Process(ClaimedWebhook webhook, DateTimeOffset now, CancellationToken cancel)
    {
        try
        {
            await webhooks.Process(webhook, now, cancel);
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            Failed(fault, webhook.Id, webhook.Type, webhook.Attempts);
            await webhooks.GiveBack(webhook, fault.GetType().Name, dead: webhook.Attempts >= AttemptsMax, Retries.After(webhook.Attempts), cancel);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Webhook {WebhookId} of type {Type} could not be processed at attempt {Attempt}")]
    private partial void Failed(Exception fault, string webhookId, string type, int attempt);
}
