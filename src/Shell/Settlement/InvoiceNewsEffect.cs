using LanguageExt;
using Marketplace.Core.Installations;
using Marketplace.Core.Invoices;
using Marketplace.Core.Refunds;
using Marketplace.Jobs.Billing;
using Marketplace.Shell.Audit;
using Marketplace.Shell.Billing;
using Marketplace.Shell.Invoices;
using Marketplace.Shell.Persistence;
using Marketplace.Shell.Refunds;

namespace Marketplace.Shell.Settlement;

/// <summary>
/// Everything that follows from what Vercel says of an invoice, whether it told us by itself or was asked. Inside a transaction that has
/// locked the installation, which is what decides on refunds too.
/// </summary>
internal static class InvoiceNewsEffect
{
    /// <summary>The invoice and its refunds as they are then, or why the news is not of this invoice.</summary>
    public static Either<InvoiceRejection, (Invoice Invoice, Seq<Refund> Refunds)> Write(
        Writes writes, Invoice invoice, Seq<Refund> refunds, VercelInvoiceId id, Seq<InvoiceObservation> told, Actor actor, DateTimeOffset now)
    {
        Either<InvoiceRejection, (Invoice Invoice, Seq<Refund> Refunds)> known = (invoice, refunds);
        foreach (var one in told)
        {
            known = known.Bind(so => InvoiceStore.Apply(writes, so.Invoice, new InvoiceCommand.Observe(id, one), actor, now)
                .Map(next => (next, RefundStore.Observe(writes, next.Content.Installation, so.Refunds, one, actor, now))));
        }

        known.IfRight(next => Wake(writes, next.Invoice, now));
        return known;
    }

    private static void Wake(Writes writes, Invoice invoice, DateTimeOffset now)
    {
        var installation = invoice.Content.Installation;
        // An invoice whose answer was lost may be waiting for just this, and an uninstall for its settlement.
        BillingScheduleRows.Wake(writes, installation, BillingWork.Invoices, now);
        if (invoice is not (Invoice.Accepted or Invoice.NotPaid))
            BillingScheduleRows.Hasten(writes, installation, BillingWork.Finalization, now);
    }
}
