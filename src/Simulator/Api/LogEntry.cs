using Marketplace.Simulator.Dashboard;
using Marketplace.Simulator.Webhooks;

namespace Marketplace.Simulator.Api;

/// <summary>Something that went between Vercel and the provider.</summary>
/// <param name="Number">Rises with each; those of a few that were over at once may stand the other way round in the log.</param>
internal abstract record LogEntry(long Number)
{
    /// <summary>The provider called Vercel's API, or sent a browser there.</summary>
    public sealed record ByProvider(long Number, ApiCall Call) : LogEntry(Number)
    {
        public override string ToString() => Call.ToString();
    }

    /// <summary>Vercel called the Partner API.</summary>
    public sealed record ByVercel(long Number, Exchange Exchange) : LogEntry(Number)
    {
        public override string ToString() => Exchange.ToString();
    }

    /// <summary>One attempt to deliver a webhook.</summary>
    public sealed record Delivery(long Number, Webhook Webhook, DeliveryAttempt Attempt) : LogEntry(Number)
    {
        public override string ToString() => $"{Webhook.Type} -> {Attempt.Status?.ToString() ?? Attempt.Failure}";
    }
}
