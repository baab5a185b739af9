using LanguageExt;
using Marketplace.Core.Money;

namespace Marketplace.Core.Invoices;

/// <summary>An invoice of one installation, in exactly one of its life stages. Source: contract §D.8, §E.14.</summary>
public abstract record Invoice(InvoiceContent Content)
{
    /// <summary>Totals below it are not sent to the customer. Source: contract §D.8.</summary>
    public static readonly Usd MinimumTotal = new(0.50m);

    /// <summary>How long Vercel goes on trying after the first failure, and nothing is suspended before. Source: contract §E.14.</summary>
    public static readonly TimeSpan Dunning = TimeSpan.FromDays(15);

    /// <summary>As long as Vercel repeats a webhook that was not taken, and as long again: what was not told by then is not told any more.</summary>
    public static readonly TimeSpan ToldMax = TimeSpan.FromDays(2);

    /// <summary>Vercel's name for it, once Vercel has spoken of it.</summary>
    public Option<VercelInvoiceId> KnownAs =>
        this switch
        {
            Drafted or Submitted or Known or Refused or Skipped => Option<VercelInvoiceId>.None,
            Accepted i => i.VercelId,
            NotPaid i => i.VercelId,
            Overdue i => i.VercelId,
            Paid i => i.VercelId,
            RefundRequested i => i.VercelId,
            Refunded i => i.VercelId,
            _ => throw new System.Diagnostics.UnreachableException(GetType().Name),
        };

    /// <summary>Made and not sent.</summary>
    public sealed record Drafted(InvoiceContent Content, DateTimeOffset DraftedAt) : Invoice(Content);

    /// <summary>Sent, with no answer yet: Vercel may have it or not. Look before sending again.</summary>
    public sealed record Submitted(InvoiceContent Content, DateTimeOffset SubmittedAt) : Invoice(Content);

    /// <summary>Vercel has it from a submission whose answer was lost, and has not told its own name for it yet.</summary>
    public sealed record Known(InvoiceContent Content, DateTimeOffset KnownSince) : Invoice(Content)
    {
        /// <summary>Whether nobody will hear what becomes of it: a person has to look at Vercel.</summary>
        public bool IsSilent(DateTimeOffset now) => now - KnownSince >= ToldMax;
    }

    /// <summary>Vercel has it and has not charged it yet: <c>draft, pending, scheduled, invoiced</c>.</summary>
    public sealed record Accepted(InvoiceContent Content, VercelInvoiceId VercelId) : Invoice(Content);

    /// <summary>At least one attempt to charge has failed; Vercel goes on trying.</summary>
    /// <param name="Since">The first failure heard of.</param>
    /// <param name="LastAttemptAt">The last failure heard of.</param>
    public sealed record NotPaid(
        InvoiceContent Content, VercelInvoiceId VercelId, DateTimeOffset Since, DateTimeOffset LastAttemptAt)
        : Invoice(Content);

    /// <summary>Vercel has stopped trying: it had tried for <see cref="Dunning"/>.</summary>
    /// <param name="Since">The first failure heard of, or the moment it became overdue.</param>
    public sealed record Overdue(InvoiceContent Content, VercelInvoiceId VercelId, DateTimeOffset Since, DateTimeOffset OverdueAt)
        : Invoice(Content);

    public sealed record Paid(InvoiceContent Content, VercelInvoiceId VercelId, DateTimeOffset PaidAt) : Invoice(Content);

    /// <summary>A refund is under way.</summary>
    public sealed record RefundRequested(InvoiceContent Content, VercelInvoiceId VercelId, DateTimeOffset RequestedAt)
        : Invoice(Content);

    /// <param name="Amount">At most the invoice's total.</param>
    public sealed record Refunded(
        InvoiceContent Content, VercelInvoiceId VercelId, DateTimeOffset RefundedAt, Usd Amount, string Reason)
        : Invoice(Content);

    /// <summary>Vercel did not take it, and said why; it does not exist there. It can be drafted anew.</summary>
    public sealed record Refused(InvoiceContent Content, Seq<string> Reasons, DateTimeOffset RefusedAt) : Invoice(Content);

    /// <summary>Never sent, because there was too little to bill. What it came to stays on record.</summary>
    public sealed record Skipped(InvoiceContent Content, SmallTotal Rest, DateTimeOffset SkippedAt) : Invoice(Content);
}

/// <summary>What becomes of an invoice that comes to too little to be sent.</summary>
public enum SmallTotal
{
    /// <summary>Nothing is owed.</summary>
    Nothing,

    /// <summary>All of it is on a later invoice, or will be.</summary>
    Carried,

    /// <summary>It is given away, and stays on record.</summary>
    Waived,
}
