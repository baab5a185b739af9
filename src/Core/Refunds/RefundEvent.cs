using Marketplace.Core.Invoices;
using Marketplace.Core.Money;

namespace Marketplace.Core.Refunds;

/// <summary>What happened to a refund. <c>At</c> is when we learned of it.</summary>
public abstract record RefundEvent(RefundId Id, DateTimeOffset At)
{
    public sealed record Requested(RefundId Id, ExternalInvoiceId Invoice, Usd Amount, string Reason, DateTimeOffset At)
        : RefundEvent(Id, At);

    public sealed record Sent(RefundId Id, DateTimeOffset At) : RefundEvent(Id, At);

    public sealed record Accepted(RefundId Id, DateTimeOffset At) : RefundEvent(Id, At);

    public sealed record Completed(RefundId Id, DateTimeOffset RefundedAt, DateTimeOffset At) : RefundEvent(Id, At);

    public sealed record Failed(RefundId Id, string Reason, DateTimeOffset At) : RefundEvent(Id, At);

    /// <summary>What came of it only Vercel knows.</summary>
    public sealed record LeftUnknown(RefundId Id, DateTimeOffset At) : RefundEvent(Id, At);
}
