using Marketplace.Core.Installations;

namespace Marketplace.Jobs.Webhooks;

/// <summary>The store of webhooks that were acknowledged. Claims are leases.</summary>
public interface IWebhooks
{
    Task<IReadOnlyList<ClaimedWebhook>> Claim(int webhooksMax, TimeSpan lease, CancellationToken cancel);

    /// <summary>Its effect and its end in one transaction. A type without an effect is kept and closed.</summary>
    Task Process(ClaimedWebhook webhook, DateTimeOffset now, CancellationToken cancel);

    Task GiveBack(ClaimedWebhook webhook, string reason, bool dead, TimeSpan delay, CancellationToken cancel);
}

/// <param name="Body">As it arrived: JSON.</param>
public sealed record ClaimedWebhook(InstallationId Installation, string Id, string Type, string Body, int Attempts);
