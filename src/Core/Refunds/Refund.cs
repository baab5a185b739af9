using Marketplace.Core.Invoices;
using Marketplace.Core.Money;

namespace Marketplace.Core.Refunds;

/// <summary>Money that goes back to a customer, of one invoice, in exactly one of its life stages. Source: contract §D.8, <c>actions</c>.</summary>
public abstract record Refund(RefundTerms Terms)
{
    /// <summary>Wanted, and not sent.</summary>
    public sealed record Requested(RefundTerms Terms) : Refund(Terms);

    /// <summary>It has left for Vercel, with no answer yet: Vercel may have it or not. Look before sending it again.</summary>
    /// <param name="SentAt">The last time.</param>
    public sealed record Sent(RefundTerms Terms, DateTimeOffset SentAt) : Refund(Terms)
    {
        /// <summary>
        /// For how long a call may still arrive that nobody waits for any more: it is not sent again before, however often Vercel says that
        /// there is none. Many times as long as an answer is waited for.
        /// </summary>
        public static readonly TimeSpan OnItsWay = TimeSpan.FromMinutes(5);

        /// <summary>From here on it can be sent again, where a look does not find it.</summary>
        public DateTimeOffset SendableAt => SentAt + OnItsWay;
    }

    /// <summary>Vercel has it, and the money is on its way.</summary>
    public sealed record Accepted(RefundTerms Terms, DateTimeOffset AcceptedAt) : Refund(Terms);

    /// <summary>The customer has the money back, or the invoice is cancelled.</summary>
    public sealed record Refunded(RefundTerms Terms, DateTimeOffset RefundedAt) : Refund(Terms);

    /// <summary>Vercel did not take it, and said why. Nothing was paid back.</summary>
    public sealed record Failed(RefundTerms Terms, string Reason, DateTimeOffset FailedAt) : Refund(Terms);

    /// <summary>The installation ended before Vercel had answered: its token is dead, and nobody can look any more.</summary>
    public sealed record Unknown(RefundTerms Terms, DateTimeOffset Since) : Refund(Terms);

    /// <summary>Something is still to come of it: no other refund of the invoice can begin.</summary>
    public bool IsOpen => this is Requested or Sent or Accepted;
}

/// <summary>Our name for one refund.</summary>
public readonly record struct RefundId(string Value)
{
    public override string ToString() => Value;
}

/// <summary>What a refund says; the same from the request to its end.</summary>
/// <param name="Amount">More than nothing, in whole cents.</param>
/// <param name="Reason">The customer may read it.</param>
/// <param name="RefundedBefore">What had been paid back of the invoice when this was asked for.</param>
public sealed record RefundTerms(
    RefundId Id, ExternalInvoiceId Invoice, Usd Amount, string Reason, Usd RefundedBefore, DateTimeOffset RequestedAt)
{
    /// <summary>Vercel names one refund of an invoice at a time, and not ours: this is ours when it is more than there was, or later.</summary>
    internal bool IsMeantBy(InvoiceObservation.Refunded told) => told.Amount > RefundedBefore || told.At >= RequestedAt;
}
