using LanguageExt;
using Marketplace.Core.Money;

namespace Marketplace.Core.Invoices;

/// <summary>What happened to an invoice. <c>At</c> is when we learned of it.</summary>
public abstract record InvoiceEvent(ExternalInvoiceId Id, DateTimeOffset At)
{
    public sealed record Drafted(ExternalInvoiceId Id, Usd Total, DateTimeOffset At) : InvoiceEvent(Id, At);

    public sealed record Skipped(ExternalInvoiceId Id, Usd Total, SmallTotal Rest, DateTimeOffset At) : InvoiceEvent(Id, At);

    public sealed record Submitted(ExternalInvoiceId Id, DateTimeOffset At) : InvoiceEvent(Id, At);

    public sealed record Refused(ExternalInvoiceId Id, Seq<string> Reasons, DateTimeOffset At) : InvoiceEvent(Id, At);

    /// <summary>Vercel has it already, by its own account.</summary>
    public sealed record FoundThere(ExternalInvoiceId Id, DateTimeOffset At) : InvoiceEvent(Id, At);

    public sealed record Accepted(ExternalInvoiceId Id, VercelInvoiceId VercelId, DateTimeOffset At) : InvoiceEvent(Id, At);

    public sealed record PaymentFailed(ExternalInvoiceId Id, DateTimeOffset FailedAt, DateTimeOffset At)
        : InvoiceEvent(Id, At);

    public sealed record BecameOverdue(ExternalInvoiceId Id, DateTimeOffset At) : InvoiceEvent(Id, At);

    public sealed record Paid(ExternalInvoiceId Id, DateTimeOffset PaidAt, DateTimeOffset At) : InvoiceEvent(Id, At);

    public sealed record RefundRequested(ExternalInvoiceId Id, DateTimeOffset At) : InvoiceEvent(Id, At);

    public sealed record Refunded(ExternalInvoiceId Id, Usd Amount, string Reason, DateTimeOffset At) : InvoiceEvent(Id, At);

    /// <summary>Out-of-order news told more of the stage that it is in already: an earlier date, a larger refund.</summary>
    public sealed record Completed(ExternalInvoiceId Id, DateTimeOffset At) : InvoiceEvent(Id, At);
}
