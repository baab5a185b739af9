using LanguageExt;
using Marketplace.Core.Installations;
using Marketplace.Core.Invoices;
using Marketplace.Jobs.Billing;
using Marketplace.Jobs.Webhooks;
using Marketplace.Shell.Audit;
using Marketplace.Shell.Billing;
using Marketplace.Shell.Installations;
using Marketplace.Shell.Invoices;
using Marketplace.Shell.Persistence;
using Marketplace.Shell.Refunds;
using Marketplace.Shell.Settlement;

namespace Marketplace.Shell.Webhooks;

/// <summary>What Vercel tells of invoices. Source: contract §F, <c>marketplace.invoice.*</c>.</summary>
internal static class InvoiceWebhooks
{
    public static Func<Writes, WebhookEnd> Look(Loads loads, ClaimedWebhook webhook, DateTimeOffset now)
    {
        if (InvoiceNews.Read(webhook) is not { } news)
            return _ => WebhookEnd.NoEffect;
        if (news.ExternalId is { } named)
            return Observe(loads, webhook, news, named, now);

        // Only its name at Vercel is said: which of ours that is has to be known first.
        var found = InvoiceRows.Find(loads, webhook.Installation, news.VercelId);
        return _ => found.Value is { } known
            ? new WebhookEnd.LookAgain((again, same, then) => Observe(again, same, news, known, then))
            : new WebhookEnd.Closed("we know of no such invoice");
    }

    private static Func<Writes, WebhookEnd> Observe(
        Loads loads, ClaimedWebhook webhook, InvoiceNews news, ExternalInvoiceId known, DateTimeOffset now)
    {
        var installation = InstallationRows.LoadForUpdate(loads, webhook.Installation);
        var invoice = InvoiceRows.LoadForUpdate(loads, webhook.Installation, known);
        var refunds = RefundRows.Of(loads, webhook.Installation, known);
        return writes => (installation.Value, invoice()) switch
        {
            (null, _) => WebhookEnd.NoInstallation,
            (_, null) => new WebhookEnd.Closed("we know of no such invoice"),
            ({ } of, { } it) => Observe(writes, webhook, news, of, it, refunds.Value, now),
        };
    }

    private static WebhookEnd.Closed Observe(
        Writes writes, ClaimedWebhook webhook, InvoiceNews news, Installation installation, Invoice invoice,
        Seq<Core.Refunds.Refund> refunds, DateTimeOffset now)
    {
        var applied = InvoiceNewsEffect.Write(
            writes, invoice, refunds, news.VercelId, Prelude.Seq1(news.Observation), Actor.Worker($"webhook {webhook.Id}"), now);
        // A webhook is only a hint, as long as Vercel can be asked.
        if (applied.IsRight && news.MovesMoney && installation is not Installation.Finalized)
        {
            InvoiceLookRows.Expect(writes, installation.Id, invoice.Content.ExternalId, now);
            BillingScheduleRows.Schedule(writes, installation.Id, BillingWork.Settlement, now);
        }

        return new WebhookEnd.Closed(applied.MatchUnsafe<string?>(Right: _ => null, Left: rejection => rejection.GetType().Name));
    }
}
