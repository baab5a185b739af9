using LanguageExt;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Time;
using Marketplace.Core.Usage;
using static LanguageExt.Prelude;

namespace Marketplace.Core.Invoices;

/// <summary>Vercel's limits on invoices, checked before anything leaves. Source: contract §D.8.</summary>
public static class InvoiceLimits
{
    /// <summary>Everything that speaks against sending an invoice; empty when nothing does.</summary>
    /// <param name="life">Of the installation.</param>
    /// <param name="billed">With all resources that its lines name.</param>
    /// <param name="history">
    /// The installation's other invoices. Those that were refused or skipped do not exist at Vercel and bill nothing.
    /// </param>
    /// <param name="slots">The slot ledger of the installation for the period.</param>
    public static Seq<InvoiceLimit> Check(
        InvoiceContent invoice,
        Lifetime life,
        BilledInstallation billed,
        Seq<Invoice> history,
        Seq<UsageSlot> slots,
        DateTimeOffset now) =>
        OfDates(invoice, life, now)
            .Concat(OfExternalId(invoice, history))
            .Concat(invoice.Lines.SelectMany(line => OfLine(invoice.Period, line, billed, history)).Distinct())
            .Concat(OfUsage(invoice, life, slots, now))
            .ToSeq()
            .Strict();

    private static IEnumerable<InvoiceLimit> OfDates(InvoiceContent invoice, Lifetime life, DateTimeOffset now)
    {
        if (!invoice.Period.Contains(invoice.InvoiceDate))
        {
            yield return new InvoiceLimit.DateOutsidePeriod(invoice.InvoiceDate, invoice.Period);
        }

        if (life.NoLaterThan(invoice.Period.End) > now)
        {
            yield return new InvoiceLimit.PeriodNotOver(invoice.Period);
        }
    }

    private static IEnumerable<InvoiceLimit> OfExternalId(InvoiceContent invoice, Seq<Invoice> history) =>
        history.Exists(earlier => Exists(earlier) && earlier.Content.ExternalId == invoice.ExternalId)
            ? [new InvoiceLimit.ExternalIdTaken(invoice.ExternalId)]
            : [];

    private static IEnumerable<InvoiceLimit> OfLine(
        BillingPeriod period, BillingLine line, BilledInstallation installation, Seq<Invoice> history)
    {
        var billedBy = history
            .Filter(earlier => Exists(earlier) && earlier.Content.Period == period)
            .Filter(earlier => earlier.Content.Lines.Exists(
                billed => billed.Subject == line.Subject && billed.Plan == line.Plan));
        foreach (var earlier in billedBy)
        {
            yield return new InvoiceLimit.AlreadyBilled(
                line.Subject, line.Plan, period, earlier.Content.ExternalId);
        }

        var plans = installation.PlansOf(line.Subject).Filter(plan => plan.Plan.Id == line.Plan);
        var billedTime = TimeRange.Between(line.Start.IfNone(period.Start), line.End.IfNone(period.End));
        if (!billedTime.Bind(time => time.Intersect(period.Range)).Exists(
                time => plans.Exists(plan => plan.Span.Within(time).IsSome)))
        {
            yield return new InvoiceLimit.PlanNotActive(line.Subject, line.Plan, period);
        }
        else if (plans.Exists(plan => plan.Plan.Type != PlanType.Subscription))
        {
            yield return new InvoiceLimit.NotSubscription(line.Subject, line.Plan);
        }
    }

    private static IEnumerable<InvoiceLimit> OfUsage(
        InvoiceContent invoice, Lifetime life, Seq<UsageSlot> slots, DateTimeOffset now)
    {
        var awaited = SlotLedger.Awaited(life, invoice.Period, slots, invoice.Final, now);
        return awaited.IsEmpty ? [] : [new InvoiceLimit.UsageNotReported(awaited)];
    }

    private static bool Exists(Invoice invoice) => invoice is not (Invoice.Refused or Invoice.Skipped);
}
