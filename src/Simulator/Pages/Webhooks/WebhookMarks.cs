using Marketplace.Simulator.Pages.Site;
using Marketplace.Simulator.Webhooks;

namespace Marketplace.Simulator.Pages.Webhooks;

/// <summary>How webhooks and their attempts are, in words and colours.</summary>
internal static class WebhookMarks
{
    public static Mark Of(DeliveryAttempt attempt) =>
        new(attempt.Status?.ToString() ?? attempt.Failure ?? "no answer", attempt.IsAccepted ? Tones.Good : Tones.Bad);

    public static Mark Of(Webhook webhook, bool isHeld, bool hasTarget) => webhook switch
    {
        { NextAttemptAt: not null } when isHeld => new("Held", Tones.Warn),
        { NextAttemptAt: not null, Attempts.IsEmpty: true } => hasTarget ? new("To be sent", Tones.Busy) : new("Waits for an address", Tones.Warn),
        { NextAttemptAt: not null, IsDelivered: true } => new("To be sent again", Tones.Busy),
        { NextAttemptAt: not null } => new("To be tried again", Tones.Warn),
        { IsDelivered: true } => new("Delivered", Tones.Good),
        _ => new("Dropped", Tones.Bad),
    };
}
