using Marketplace.Simulator.Installations;
using Marketplace.Simulator.Invoices;
using Marketplace.Simulator.State;
using Marketplace.Simulator.Webhooks;

namespace Marketplace.Simulator.Dashboard;

/// <summary>How the customer pays what the provider invoices. Source: contract §E.14.</summary>
internal sealed partial class CustomerDashboard
{
    /// <summary>From now on no charge goes through; Vercel tries again, and tells the provider of each attempt that failed.</summary>
    public void CardFails(string installationId) => Pay(installationId, PaymentBehaviour.NeverPays);

    /// <summary>The customer gives another card: the next attempt goes through. What is overdue is not tried any more.</summary>
    public void CardWorks(string installationId) => Pay(installationId, PaymentBehaviour.Pays);

    /// <summary>The customer pays an invoice by hand, also one that Vercel has given up.</summary>
    public Invoice PayInvoice(string installationId, string invoiceId)
    {
        var now = clock.GetUtcNow();
        var invoice = store.Change(state =>
        {
            var installation = Known(state, installationId);
            var open = installation.Invoices.Find(invoice => invoice.Id == invoiceId)
                ?? throw new KeyNotFoundException($"The installation has no invoice {invoiceId}.");
            if (open.State is not (InvoiceState.Invoiced or InvoiceState.NotPaid or InvoiceState.Overdue))
            {
                throw new InvalidOperationException($"There is nothing to pay: the invoice is {InvoiceOperations.StateText(open.State)}.");
            }

            var paid = open.Become(InvoiceState.Paid, now, isByHand: true) with { PaidAt = now, NextChangeAt = null };
            return (
                state.With(installation.With(paid))
                    .Send(WebhookPayloads.InvoiceChanged(installation, paid, InvoiceState.Paid, now)),
                paid);
        });
        work.Wake();
        return invoice;
    }

    private void Pay(string installationId, PaymentBehaviour behaviour) =>
        store.Change(state => state.With(Known(state, installationId) with { Payment = behaviour }));

    private static Installation Known(VercelState state, string id) =>
        state.Installations.GetValueOrDefault(id) ?? throw new KeyNotFoundException($"There is no installation {id}.");
}
