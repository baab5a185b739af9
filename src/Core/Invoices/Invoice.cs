using LanguageExt;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Installations;
using Marketplace.Core.Money;
using Marketplace.Core.Time;

namespace Marketplace.Core.Invoices;

/// <summary>The invoice of one installation and period, in exactly one of its life stages. Source: contract §D.8, §E.14.</summary>
public abstract record Invoice(InvoiceContent Content)
{
    /// <summary>Totals below it are not sent to the customer. Source: contract §D.8.</summary>
    public static readonly Usd MinimumTotal = new(0.50m);

    /// <summary>How long Vercel goes on trying after the first failure, and nothing is suspended before. Source: contract §E.14.</summary>
    public static readonly TimeSpan Dunning = TimeSpan.FromDays(15);

    /// <summary>Vercel's name for it, once Vercel has spoken of it.</summary>
    public Option<VercelInvoiceId> KnownAs =>
        this switch
        {
            Drafted or Submitted or Refused or Skipped => Option<VercelInvoiceId>.None,
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

    /// <summary>Never sent, because there was too little to bill. What it came to stays on record and is not billed later.</summary>
    public sealed record Skipped(InvoiceContent Content, DateTimeOffset SkippedAt) : Invoice(Content);
}

/// <summary>What an invoice says; the same from draft to refund.</summary>
/// <param name="InvoiceDate">Inside the period.</param>
/// <param name="Lines">In whole cents each, none of them zero.</param>
/// <param name="Discounts">In whole cents each; together never more than the lines.</param>
/// <param name="Final">The last one of an installation that is being uninstalled.</param>
public sealed record InvoiceContent(
    ExternalInvoiceId ExternalId,
    InstallationId Installation,
    BillingPeriod Period,
    DateTimeOffset InvoiceDate,
    Seq<BillingLine> Lines,
    Seq<BillingDiscount> Discounts,
    bool Final)
{
    /// <summary>The sum of the rounded lines without the discounts, so that the parts equal the total.</summary>
    public Usd Total => new BillingCharges(Lines, Discounts).Total;
}
