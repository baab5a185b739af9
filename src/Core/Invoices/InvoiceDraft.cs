using LanguageExt;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Installations;
using Marketplace.Core.Money;
using Marketplace.Core.Time;
using Marketplace.Core.Usage;
using static LanguageExt.Prelude;

namespace Marketplace.Core.Invoices;

/// <summary>The birth of an invoice: one for each installation and period, with all that is billed of it.</summary>
public static class InvoiceDraft
{
    /// <summary>
    /// Drafts what is due, or skips it when there is less than <see cref="Invoice.MinimumTotal"/> to bill. Refused with all
    /// that speaks against it; the usage of the period has to be reported first, even if nothing is billed.
    /// </summary>
    /// <param name="life">Of the installation, from its install to the request of its uninstall.</param>
    /// <param name="billed">With all resources that lived in the period.</param>
    /// <param name="history">The installation's other invoices, of this period at least.</param>
    /// <param name="slots">The slot ledger of the installation for the period.</param>
    public static Either<Seq<InvoiceLimit>, Transition<Invoice, InvoiceEvent>> For(
        InstallationId installation,
        InvoiceDue due,
        Lifetime life,
        BilledInstallation billed,
        Seq<Invoice> history,
        Seq<UsageSlot> slots,
        DateTimeOffset now)
    {
        var content = Content(installation, due, life, billed);
        var limits = InvoiceLimits.Check(content, life, billed, history, slots, now);
        if (!limits.IsEmpty)
        {
            return limits;
        }

        return content.Total < Invoice.MinimumTotal
            ? new Transition<Invoice, InvoiceEvent>(
                new Invoice.Skipped(content, now),
                Seq1<InvoiceEvent>(new InvoiceEvent.Skipped(content.ExternalId, content.Total, now)))
            : new Transition<Invoice, InvoiceEvent>(
                new Invoice.Drafted(content, now),
                Seq1<InvoiceEvent>(new InvoiceEvent.Drafted(content.ExternalId, content.Total, now)));
    }

    /// <summary>
    /// What the invoice says. It follows from the period's data alone, whenever it is made: dated at the last second of the
    /// period, or at the uninstall.
    /// </summary>
    public static InvoiceContent Content(
        InstallationId installation, InvoiceDue due, Lifetime life, BilledInstallation billed)
    {
        var asOf = life.NoLaterThan(due.Period.End);
        var charges = BillingCharges.For(due.Period, asOf, billed);
        return new InvoiceContent(
            due.Final
                ? ExternalInvoiceId.Final(installation, due.Period)
                : ExternalInvoiceId.For(installation, due.Period, ordinal: 1),
            installation,
            due.Period,
            asOf < due.Period.LastSecond ? asOf : due.Period.LastSecond,
            charges.Lines.Filter(line => line.Total > Usd.Zero).Strict(),
            charges.Discounts,
            due.Final);
    }
}
