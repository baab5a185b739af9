using LanguageExt;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Time;

namespace Marketplace.Core.Invoices;

/// <summary>Whether an installation that ends has anything to wait for. Source: contract §E.5, <c>finalized</c>.</summary>
public static class LeftToBill
{
    /// <summary>An invoice that is on its way, or a period in which a plan that costs something was active and that has no invoice.</summary>
    /// <remarks>
    /// What such a plan comes to is not asked: it depends on a last reading that nobody has taken yet. By that reading also what was paid
    /// before use is burnt for the last time.
    /// </remarks>
    /// <param name="plans">Every plan of the installation and of its resources, also of those that are gone.</param>
    /// <param name="invoices">All of the installation's.</param>
    public static bool Any(Seq<BilledPlan> plans, Seq<PeriodInvoice> invoices, BillingAnchor anchor, DateTimeOffset now) =>
        invoices.Exists(invoice => !invoice.IsSettled)
        || plans.Filter(plan => plan.Plan.Pricing.Costs)
            .Bind(plan => Periods(plan.Span, anchor, now))
            .Exists(period => !invoices.Exists(invoice => invoice.Period == period && invoice.ClosesPeriod));

    private static Seq<BillingPeriod> Periods(Lifetime span, BillingAnchor anchor, DateTimeOffset now) =>
        TimeRange.Between(span.Start, span.NoLaterThan(now)).Match(
            lived => BillingPeriod.Overlapping(lived, anchor),
            () => Prelude.Seq1(BillingPeriod.Containing(span.Start, anchor)));
}

/// <summary>The invoice of a period, as far as the end of an installation waits for it.</summary>
/// <param name="Period">The billing period that it belongs to.</param>
/// <param name="IsSettled">Vercel has collected it or given up, or never got it because there was too little to bill.</param>
public readonly record struct PeriodInvoice(BillingPeriod Period, bool IsSettled, bool ClosesPeriod);
