using System.Diagnostics;
using LanguageExt;
using Marketplace.Core.Invoices;
using Marketplace.Core.Money;
using Marketplace.Core.Refunds;

namespace Marketplace.Core.Statements;

/// <summary>An invoice with the total that was written down beside what it says.</summary>
public sealed record RecordedInvoice(Invoice Invoice, Usd Total)
{
    public InvoiceContent Content => Invoice.Content;
}

/// <summary>An invoice of the period, and what became of every cent of it.</summary>
/// <param name="Refunds">Oldest first, those that failed too.</param>
public sealed record StatedInvoice(RecordedInvoice Recorded, Seq<Refund> Refunds, Outcome Outcome)
{
    public Invoice Invoice => Recorded.Invoice;

    public static StatedInvoice Of(RecordedInvoice recorded, Seq<Refund> refunds)
    {
        var own = refunds.Filter(refund => refund.Terms.Invoice == recorded.Content.ExternalId).Strict();
        return new StatedInvoice(recorded, own, Outcome.Of(recorded.Invoice, RequestRefund.RefundedSoFar(recorded.Invoice, own)));
    }
}

/// <summary>What became of the total of invoices; its parts sum to it.</summary>
/// <param name="Paid">And not paid back.</param>
/// <param name="Refunded">Paid back, or cancelled before it was paid.</param>
/// <param name="Open">Vercel has it and has not been paid for it yet.</param>
/// <param name="Unsent">Vercel does not have it yet, or has refused it.</param>
/// <param name="Carried">Too little to be sent: it is on a later invoice, or will be.</param>
/// <param name="Waived">Given away.</param>
/// <param name="Tested">On tests, which nobody pays.</param>
public sealed record Outcome(Usd Paid, Usd Refunded, Usd Open, Usd Unsent, Usd Carried, Usd Waived, Usd Tested)
{
    public static readonly Outcome None = new(Usd.Zero, Usd.Zero, Usd.Zero, Usd.Zero, Usd.Zero, Usd.Zero, Usd.Zero);

    public Usd Total => Paid + Refunded + Open + Unsent + Carried + Waived + Tested;

    /// <summary>What Vercel has of it.</summary>
    public Usd Invoiced => Paid + Refunded + Open;

    public static Outcome operator +(Outcome a, Outcome b) =>
        new(a.Paid + b.Paid, a.Refunded + b.Refunded, a.Open + b.Open, a.Unsent + b.Unsent, a.Carried + b.Carried, a.Waived + b.Waived,
            a.Tested + b.Tested);

    /// <param name="refunded">What was paid back of it so far.</param>
    public static Outcome Of(Invoice invoice, Usd refunded)
    {
        var total = invoice.Content.Total;
        return invoice switch
        {
            Invoice.Skipped skipped => Kept(skipped.Rest, total),
            { Content.Test.IsSome: true } => None with { Tested = total },
            Invoice.Drafted or Invoice.Refused => None with { Unsent = total },
            // Vercel may have it or not until its answer comes; what is looked for is counted where it will be.
            Invoice.Submitted or Invoice.Known or Invoice.Accepted or Invoice.NotPaid or Invoice.Overdue => None with { Open = total },
            Invoice.Paid or Invoice.RefundRequested or Invoice.Refunded => None with { Paid = total - refunded, Refunded = refunded },
            _ => throw new UnreachableException(invoice.GetType().Name),
        };
    }

    private static Outcome Kept(SmallTotal rest, Usd total) =>
        rest switch
        {
            SmallTotal.Nothing or SmallTotal.Waived => None with { Waived = total },
            SmallTotal.Carried => None with { Carried = total },
            _ => throw new UnreachableException(rest.ToString()),
        };
}
