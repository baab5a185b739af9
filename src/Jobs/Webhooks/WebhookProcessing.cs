using System.Diagnostics;
using Marketplace.Jobs.Scheduling;
using Marketplace.Jobs.Telemetry;
using Microsoft.Extensions.Logging;

namespace Marketplace.Jobs.Webhooks;

/// <summary>Gives every stored webhook its effect: after the acknowledgement, in any order, any number of times. Source: contract §F.</summary>
/// <remarks>
/// Those of one installation are worked off by one lane, one after the other as they came; no effect depends on that order, which neither
/// Vercel nor several workers keep.
/// </remarks>
public sealed partial class WebhookProcessing(IWebhooks webhooks, ILogger<WebhookProcessing> log) : IScheduledJob
{
    private const int LanesMax = 4;

    /// <summary>So many share a claim and its transactions: most of what one webhook costs is its round trips and its commit.</summary>
    private const int WebhooksOfLaneMax = 64;

    private const int AttemptsMax = 12;

    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(1);

    public string Id => "webhooks";

    public string Does => "Gives every webhook of Vercel's its effect.";

    public JobSchedule Schedule => JobSchedule.EverySeconds(1);

    public Task RunOnce(DateTimeOffset now, CancellationToken cancel) =>
        Claims.WorkOff(lanes => Claim(lanes, cancel), LanesMax, share => Process(share, now, cancel), cancel);

    private async Task<IReadOnlyList<IReadOnlyList<ClaimedWebhook>>> Claim(int lanes, CancellationToken cancel)
    {
        var claimed = await webhooks.Claim(lanes * WebhooksOfLaneMax, Lease, cancel);
        return [.. claimed
            .GroupBy(webhook => (webhook.Installation.Value.GetHashCode(StringComparison.Ordinal) & int.MaxValue) % lanes)
            .Select(share => share.ToList())];
    }

    private async Task Process(IReadOnlyList<ClaimedWebhook> share, DateTimeOffset now, CancellationToken cancel)
    {
        using var span = Traces.Begin(Id, share.Select(webhook => webhook.Installation))?.SetTag(Traces.JobTag, Id);
        foreach (var fault in await webhooks.Process(share, now, cancel))
            await PutOff(fault, cancel);
    }

    private Task PutOff(WebhookFault fault, CancellationToken cancel)
    {
        var webhook = fault.Webhook;
        switch (fault)
        {
            case WebhookFault.Unreadable unreadable:
                Dead(webhook.Id, webhook.Type, unreadable.Reason);
                return webhooks.Bury(webhook, unreadable.Reason, cancel);
            case WebhookFault.NotYet notYet:
                return GiveBack(webhook, notYet.Reason, cancel);
            case WebhookFault.Failed { Fault: var why }:
                Failed(why, webhook.Id, webhook.Type, webhook.Attempts);
                // The type says enough for the list; the message may quote what the webhook says.
                return GiveBack(webhook, why.GetType().Name, cancel);
            default:
                throw new UnreachableException(fault.GetType().Name);
        }
    }

    private Task GiveBack(ClaimedWebhook webhook, string reason, CancellationToken cancel)
    {
        if (webhook.Attempts < AttemptsMax)
            return webhooks.GiveBack(webhook, reason, Retries.After(webhook.Attempts), cancel);
        Dead(webhook.Id, webhook.Type, reason);
        return webhooks.Bury(webhook, reason, cancel);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Webhook {WebhookId} of type {Type} could not be processed at attempt {Attempt}")]
    private partial void Failed(Exception fault, string webhookId, string type, int attempt);

    [LoggerMessage(Level = LogLevel.Error,
        Message = "Webhook {WebhookId} of type {Type} is dead: {Reason}. See \"marketplace webhooks list\"; replay it when the cause is mended")]
    private partial void Dead(string webhookId, string type, string reason);
}
