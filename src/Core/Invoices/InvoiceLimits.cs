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
    /// <param name="due">What the invoice is made for.</param>
    /// <param name="account">
    /// With all resources that its lines name. Invoices of its history that were refused or skipped do not exist at Vercel and bill nothing.
    /// </param>
    public static Seq<InvoiceLimit> Check(InvoiceContent invoice, InvoiceDue due, InvoicedInstallation account, DateTimeOffset now) =>
        (OfTime(invoice, due, account, now)
            + OfExternalId(invoice, account.History).ToSeq().Strict()
            + invoice.Bills.SelectMany(who => OfSubject(invoice, who, account)).ToSeq().Strict())
        .Strict();

    /// <summary>What speaks against an invoice that is not due by itself.</summary>
    internal static Seq<InvoiceLimit> OfContent(InvoiceContent invoice, InvoicedInstallation account) =>
        OfExternalId(invoice, account.History)
            .Concat(invoice.Bills.SelectMany(who => OfSubject(invoice, who, account)))
            .ToSeq()
            .Strict();

    /// <summary>What speaks against making it yet, even if it is not sent.</summary>
    internal static Seq<InvoiceLimit> OfTime(InvoiceContent invoice, InvoiceDue due, InvoicedInstallation account, DateTimeOffset now) =>
        OfDates(invoice, due, account.Life, now)
            .Concat(due is InvoiceDue.PeriodEnd end ? OfUsage(end, account, now) : [])
            .ToSeq()
            .Strict();

    private static IEnumerable<InvoiceLimit> OfDates(InvoiceContent invoice, InvoiceDue due, Lifetime life, DateTimeOffset now)
    {
        if (!invoice.Period.Contains(invoice.InvoiceDate))
        {
            yield return new InvoiceLimit.DateOutsidePeriod(invoice.InvoiceDate, invoice.Period);
        }

        if (due is InvoiceDue.PeriodEnd && life.NoLaterThan(due.Period.End) > now)
        {
            yield return new InvoiceLimit.PeriodNotOver(due.Period);
        }

        if (due is InvoiceDue.TakenUp taken && taken.TakeUp.DueAt > now)
        {
            yield return new InvoiceLimit.PeriodNotOver(taken.TakeUp.Period);
        }
    }

    private static IEnumerable<InvoiceLimit> OfExternalId(InvoiceContent invoice, Seq<Invoice> history) =>
        history.Exists(earlier => Exists(earlier) && earlier.Content.ExternalId == invoice.ExternalId)
            ? [new InvoiceLimit.ExternalIdTaken(invoice.ExternalId)]
            : [];

    private static IEnumerable<InvoiceLimit> OfSubject(InvoiceContent invoice, SubjectPlan who, InvoicedInstallation account)
    {
        // Periods that share time are one to whoever reads the limit strictly. A test bills nobody.
        var billedBy = account.History
            .Filter(earlier => Exists(earlier) && earlier.Content.Test.IsSome == invoice.Test.IsSome)
            .Filter(earlier => earlier.Content.Period.Range.Intersect(invoice.Period.Range).IsSome && earlier.Content.Bills.Contains(who));
        foreach (var earlier in billedBy)
        {
            yield return new InvoiceLimit.AlreadyBilled(who.Subject, who.Plan, invoice.Period, earlier.Content.ExternalId);
        }

        var plans = account.Billed.PlansOf(who.Subject).Filter(plan => plan.Plan.Id == who.Plan);
        if (!plans.Exists(plan => plan.Span.Within(invoice.Period.Range).IsSome))
        {
            yield return new InvoiceLimit.PlanNotActive(who.Subject, who.Plan, invoice.Period);
        }
        else if (plans.Exists(plan => plan.Plan.Type != PlanType.Subscription))
        {
            yield return new InvoiceLimit.NotSubscription(who.Subject, who.Plan);
        }
    }

    private static IEnumerable<InvoiceLimit> OfUsage(InvoiceDue.PeriodEnd due, InvoicedInstallation account, DateTimeOffset now)
    {
        var awaited = SlotLedger.Awaited(account.Life, due.Period, account.Slots, due.Final, now);
        return awaited.IsEmpty ? [] : [new InvoiceLimit.UsageNotReported(awaited)];
    }

    private static bool Exists(Invoice invoice) => invoice is not (Invoice.Refused or Invoice.Skipped);
}
