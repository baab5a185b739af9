using Marketplace.Simulator.Pages.Site;

namespace Marketplace.Simulator.Pages.Webhooks;

/// <summary>What Vercel tells the provider.</summary>
/// <param name="Target">Where they go.</param>
/// <param name="Held">Those that wait while they are held, in the order in which they came to be.</param>
public sealed record WebhooksView(
    string? Target, bool IsHolding, IReadOnlyList<WebhookRow> Held, string? Type, IReadOnlyList<WebhookRow> Rows, int Total,
    string? Newer, string? Older);

public sealed record WebhookRow(string Id, string Address, string Type, DateTimeOffset At, Mark State, string Attempts, DateTimeOffset? Next);

/// <summary>One of them.</summary>
/// <param name="Signature">The value of <c>x-vercel-signature</c>.</param>
/// <param name="GivenUpAt">When it is tried no more.</param>
public sealed record WebhookView(
    string Id, string Address, string Type, DateTimeOffset At, Mark State, string Body, string Signature, IReadOnlyList<AttemptRow> Attempts,
    DateTimeOffset? Next, DateTimeOffset GivenUpAt);

public sealed record AttemptRow(int Number, DateTimeOffset At, Mark Status, string Elapsed, string? Answer);
