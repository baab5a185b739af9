using System.Diagnostics;
using Marketplace.Core.Money;

namespace Marketplace.Core.Invoices;

/// <summary>
/// Puts together what Vercel says of one invoice at different times. Joining is commutative, associative and idempotent, so
/// that webhooks and polls in any order and any number of times lead to one state.
/// </summary>
internal static class InvoiceStages
{
    /// <summary>The state that one piece of news alone would lead to.</summary>
    public static Invoice Told(InvoiceContent content, VercelInvoiceId id, InvoiceObservation observation) =>
        observation switch
        {
            InvoiceObservation.Open => new Invoice.Accepted(content, id),
            InvoiceObservation.NotPaid o => new Invoice.NotPaid(content, id, o.At, o.At),
            InvoiceObservation.Overdue o => new Invoice.Overdue(content, id, o.At, o.At),
            InvoiceObservation.Paid o => new Invoice.Paid(content, id, o.At),
            InvoiceObservation.RefundRequested o => new Invoice.RefundRequested(content, id, o.At),
            InvoiceObservation.Refunded o => new Invoice.Refunded(content, id, o.At, o.Amount, o.Reason),
            _ => throw new UnreachableException(observation.GetType().Name),
        };

    /// <summary>The later stage of the two, with what both know of it.</summary>
    public static Invoice Join(Invoice one, Invoice other)
    {
        var (lower, upper) = Rank(one) <= Rank(other) ? (one, other) : (other, one);
        return (upper, lower) switch
        {
            (Invoice.Accepted a, _) => a,
            (Invoice.NotPaid a, Invoice.NotPaid b) => a with
            {
                Since = Earlier(a.Since, b.Since),
                LastAttemptAt = a.LastAttemptAt > b.LastAttemptAt ? a.LastAttemptAt : b.LastAttemptAt,
            },
            (Invoice.NotPaid a, _) => a,
            (Invoice.Overdue a, Invoice.Overdue b) => a with
            {
                Since = Earlier(a.Since, b.Since), OverdueAt = Earlier(a.OverdueAt, b.OverdueAt),
            },
            (Invoice.Overdue a, Invoice.NotPaid b) => a with { Since = Earlier(a.Since, b.Since) },
            (Invoice.Overdue a, _) => a,
            (Invoice.Paid a, Invoice.Paid b) => a with { PaidAt = Earlier(a.PaidAt, b.PaidAt) },
            (Invoice.Paid a, _) => a,
            (Invoice.RefundRequested a, Invoice.RefundRequested b) =>
                a with { RequestedAt = Earlier(a.RequestedAt, b.RequestedAt) },
            (Invoice.RefundRequested a, _) => a,
            (Invoice.Refunded a, Invoice.Refunded b) => Larger(a, b) with { RefundedAt = Earlier(a.RefundedAt, b.RefundedAt) },
            (Invoice.Refunded a, _) => a,
            _ => throw new UnreachableException(upper.GetType().Name),
        };
    }

    /// <summary>How far along a stage is. Vercel goes back from none of them.</summary>
    private static int Rank(Invoice invoice) =>
        invoice switch
        {
            Invoice.Accepted => 1,
            Invoice.NotPaid => 2,
            Invoice.Overdue => 3,
            Invoice.Paid => 4,
            Invoice.RefundRequested => 5,
            Invoice.Refunded => 6,
            _ => throw new UnreachableException(invoice.GetType().Name),
        };

    private static Invoice.Refunded Larger(Invoice.Refunded a, Invoice.Refunded b)
    {
        var order = a.Amount.CompareTo(b.Amount) is var byAmount and not 0
            ? byAmount
            : string.CompareOrdinal(b.Reason, a.Reason);
        return order >= 0 ? a : b;
    }

    private static DateTimeOffset Earlier(DateTimeOffset a, DateTimeOffset b) => a < b ? a : b;
}
