using Marketplace.Core.Installations;

namespace Marketplace.Jobs.Webhooks;

/// <summary>The store of webhooks that were acknowledged. Claims are leases.</summary>
public interface IWebhooks
{
    /// <summary>Those that have waited longest, in the order in which they came.</summary>
    Task<IReadOnlyList<ClaimedWebhook>> Claim(int webhooksMax, TimeSpan lease, CancellationToken cancel);

    /// <summary>
    /// Gives each its effect and its end, in one transaction, which those of different installations share. A type without an effect is
    /// kept and closed.
    /// </summary>
    /// <returns>Those that are still open, and why.</returns>
    Task<IReadOnlyList<WebhookFault>> Process(IReadOnlyList<ClaimedWebhook> webhooks, DateTimeOffset now, CancellationToken cancel);

    /// <summary>To be tried again after the delay.</summary>
    Task GiveBack(ClaimedWebhook webhook, string reason, TimeSpan delay, CancellationToken cancel);

    /// <summary>Kept with the reason, until somebody replays it.</summary>
    Task Bury(ClaimedWebhook webhook, string reason, CancellationToken cancel);

    /// <summary>Forgets at most so many that had their end before a moment, dead ones not among them, and says how many it was.</summary>
    Task<int> Forget(DateTimeOffset before, int max, CancellationToken cancel);
}

/// <param name="Installation">Its id is empty where the webhook names none.</param>
/// <param name="Body">As it arrived: JSON.</param>
/// <param name="Attempts">Counting the one that it was claimed for.</param>
public sealed record ClaimedWebhook(InstallationId Installation, string Id, string Type, string Body, int Attempts)
{
    /// <summary>When it came.</summary>
    public DateTimeOffset ReceivedAt { get; init; }

    /// <summary>A body may name people, and logs print records.</summary>
    public override string ToString() => $"{Type} {Id}";
}

/// <summary>Why a webhook had no effect yet.</summary>
public abstract record WebhookFault(ClaimedWebhook Webhook)
{
    /// <summary>What it needs is not there, and may come.</summary>
    public sealed record NotYet(ClaimedWebhook Webhook, string Reason) : WebhookFault(Webhook);

    /// <summary>It does not say what its type says: trying again cannot help.</summary>
    public sealed record Unreadable(ClaimedWebhook Webhook, string Reason) : WebhookFault(Webhook);

    public sealed record Failed(ClaimedWebhook Webhook, Exception Fault) : WebhookFault(Webhook);
}
