using System.Diagnostics;
using LanguageExt;
using Marketplace.Core.Money;
using Marketplace.Core.Time;
using static LanguageExt.Prelude;

namespace Marketplace.Core.BillingPlans;

/// <summary>What is deducted from the lines of a period.</summary>
internal static class BillingDiscounts
{
    /// <summary>The discounts of each subject and plan that has lines, without those that come to nothing so far.</summary>
    /// <param name="lines">Of the period as of the moment.</param>
    public static Seq<BillingDiscount> For(
        BillingPeriod period, DateTimeOffset asOf, BilledInstallation installation, Seq<BillingLine> lines) =>
        lines
            .Filter(line => line.Kind != LineKind.OneTime)
            .GroupBy(line => (line.Subject, line.Plan))
            .SelectMany(same => For(
                period, asOf, installation.NameOf(same.Key.Subject),
                installation.PlansOf(same.Key.Subject).Filter(plan => plan.Plan.Id.IsVersionOf(same.Key.Plan)).Strict(), same.ToSeq().Strict()))
            .ToSeq()
            .Strict();

    /// <summary>
    /// Each is the growth of the rounded sum since the one before, so that together they are rounded once; and the sum is never more
    /// than the lines.
    /// </summary>
    /// <param name="versions">Every span of the plan, of whatever version: its periods are counted from the first.</param>
    private static IEnumerable<BillingDiscount> For(
        BillingPeriod period, DateTimeOffset asOf, string name, Seq<BilledPlan> versions, Seq<BillingLine> lines)
    {
        var gross = Usd.Sum(lines.Map(line => line.Total));
        var spans = versions.Filter(span => span.Plan.Id == lines.Head.Plan).Strict();
        var (plan, first) = (spans.Head.Plan, versions.Head.Span.Start);
        var (exact, soFar) = (Usd.Zero, Usd.Zero);
        foreach (var discount in plan.Pricing.Discounts.Filter(discount => discount.Periods.ForAll(count => period.PeriodsSince(first) < count)))
        {
            exact += Deducted(discount.Value, gross, period, asOf, spans);
            var due = exact < gross ? exact.ToCents() : gross;
            var amount = due - soFar;
            soFar = due;
            if (amount > Usd.Zero)
            {
                yield return new BillingDiscount(
                    lines.Head.Subject, plan.Id, $"{plan.Name}: {discount.Name}", $"{name}: {Describe(discount.Value, gross)}", amount, None, None);
            }
        }
    }

    /// <summary>
    /// A plan that is still active is taken to stay until the period's end, as with what it includes: else the total would shrink
    /// while time goes on.
    /// </summary>
    private static Usd Deducted(DiscountValue value, Usd gross, BillingPeriod period, DateTimeOffset asOf, Seq<BilledPlan> spans) =>
        value switch
        {
            DiscountValue.Percent percent => gross * (percent.Rate / 100m),
            DiscountValue.Amount amount => amount.Off.Share(
                spans.Filter(span => span.Span.Start <= asOf)
                    .SelectMany(span => span.Span.AsOf(asOf).Within(period.Range))
                    .Sum(span => span.Duration.Ticks),
                period.Range.Duration.Ticks),
            _ => throw new UnreachableException(value.GetType().Name),
        };

    private static string Describe(DiscountValue value, Usd gross) =>
        value switch
        {
            DiscountValue.Percent percent => FormattableString.Invariant($"{percent.Rate:0.############}% of {gross.Amount:0.00}"),
            DiscountValue.Amount amount => FormattableString.Invariant($"{amount.Off.Amount:0.00####} for a whole period"),
            _ => throw new UnreachableException(value.GetType().Name),
        };
}
