using Marketplace.Core.Installations;
using Marketplace.Jobs.Webhooks;
using Marketplace.Shell.Persistence;

namespace Marketplace.Shell.Webhooks;

/// <summary>What a webhook means here: it says what has to be known, in the order of locks, and gives what follows.</summary>
/// <remarks>As a decision it may share its transaction with those on other installations, and looks at nothing but its loads.</remarks>
internal delegate Func<Writes, WebhookEnd> WebhookEffect(Loads loads, ClaimedWebhook webhook, DateTimeOffset now);

/// <summary>Where a webhook's effect leaves it.</summary>
internal abstract record WebhookEnd
{
    private WebhookEnd() { }

    public static WebhookEnd Done { get; } = new Closed(null);

    public static WebhookEnd NoEffect { get; } = new Closed("kept: this type has no effect");

    public static WebhookEnd Outdated { get; } = new Closed("something newer is known already");

    public static WebhookEnd NoInstallation { get; } = new Closed("we know of no such installation");

    public static WebhookEnd NoResource { get; } = new Closed("we know of no such resource");

    /// <summary>What it is about has changed hands since: whoever has it now hears this.</summary>
    public static WebhookEnd Forwarded(Writes writes, ClaimedWebhook webhook, InstallationId to, DateTimeOffset now)
    {
        WebhookRows.Forward(writes, webhook, to, now);
        return new Closed($"the resource is with {to} now, and so is this");
    }

    /// <param name="Remark">Why it had no effect; null when it had one.</param>
    public sealed record Closed(string? Remark) : WebhookEnd;

    /// <summary>What it needs may still come. Nothing is written.</summary>
    public sealed record NotYet(string Reason) : WebhookEnd;

    /// <summary>What is known now leads to what has to be known. Nothing is written before.</summary>
    public sealed record LookAgain(WebhookEffect Next) : WebhookEnd;
}
