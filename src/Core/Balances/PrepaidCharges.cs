using LanguageExt;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Money;
using Marketplace.Core.Time;

namespace Marketplace.Core.Balances;

/// <summary>What the prepayment plans of an installation come to: by the same function that makes the lines of an invoice.</summary>
public static class PrepaidCharges
{
    /// <summary>
    /// Of the periods that can still change at the moment: the one under way, those that are over since the last look, and one before them,
    /// for usage that comes late.
    /// </summary>
    /// <param name="since">The last look.</param>
    public static Seq<BillingPeriod> Periods(BillingAnchor anchor, DateTimeOffset since, DateTimeOffset now)
    {
        var oldest = BillingPeriod.Containing(since < now ? since : now, anchor);
        var before = BillingPeriod.Containing(oldest.Start.AddTicks(-1), anchor);
        return BillingPeriod.Overlapping(new TimeRange(before.Start, now), anchor);
    }

    /// <summary>One charge for each plan that a subject had in the period, also where it comes to nothing.</summary>
    /// <param name="asOf">What happened later is not known yet; a moment past the period's end is its end.</param>
    public static Seq<PrepaidCharge> For(BillingPeriod period, DateTimeOffset asOf, BilledInstallation installation)
    {
        var lines = BillingLines.Burnt(period, asOf, installation);
        return installation.Subjects
            .Bind(subject => installation.PlansOf(subject)
                .Filter(plan => plan.Plan.Type == PlanType.Prepayment && plan.Span.Start < asOf && plan.Span.Within(period.Range).IsSome)
                .Map(plan => plan.Plan.Id)
                .Distinct()
                .Map(plan => new PrepaidCharge(
                    new PrepaidUse(subject, plan, period),
                    Usd.Sum(lines.Filter(line => line.Subject == subject && line.Plan == plan).Map(line => line.Total)))))
            .ToSeq()
            .Strict();
    }
}
