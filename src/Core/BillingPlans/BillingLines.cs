using System.Diagnostics;
using LanguageExt;
using Marketplace.Core.Money;
using Marketplace.Core.Products;
using Marketplace.Core.Time;
using Marketplace.Core.Usage;
using static LanguageExt.Prelude;

namespace Marketplace.Core.BillingPlans;

/// <summary>What a period costs so far. The same function makes the interim data and, at the period's end, the invoice.</summary>
/// <remarks>
/// Totals for the whole period. They grow as time goes on, but for one case: a plan that is taken again brings back what it
/// includes. Source: contract §D.7, §D.8.
/// </remarks>
public static class BillingLines
{
    /// <summary>
    /// Every line of the installation for the period up to a moment, its own first; those that come to nothing so far are among them.
    /// </summary>
    /// <param name="asOf">What happened later is not known yet; a moment past the period's end is its end.</param>
    /// <param name="installation">Plans that are paid before use have no lines, nor has what costs nothing.</param>
    public static Seq<BillingLine> For(BillingPeriod period, DateTimeOffset asOf, BilledInstallation installation)
    {
        var end = asOf < period.End ? asOf : period.End;
        return TimeRange.Between(period.Start, end).Match(
            Some: elapsed => For(period, elapsed, installation).ToSeq().Strict(),
            None: () => LanguageExt.Seq<BillingLine>.Empty);
    }

    private static IEnumerable<BillingLine> For(BillingPeriod period, TimeRange elapsed, BilledInstallation installation)
    {
        var meters = installation.Resources
            .OrderBy(resource => resource.Id.Value, StringComparer.Ordinal)
            .Select(resource => (Resource: resource, Meter: new MeteredQuantity(resource, elapsed)))
            .ToSeq()
            .Strict();
        var whole = new Billed(
            PlanSubject.WholeInstallation, installation.Name, MetadataSchema.Nothing, installation.Plans, installation.Metrics,
            meters.Map(each => each.Meter).Strict());
        return meters
            .Map(each => new Billed(
                PlanSubject.Of(each.Resource.Id), each.Resource.Name, each.Resource.Form, each.Resource.OwnPlans, each.Resource.Metrics,
                Seq1(each.Meter)))
            .Prepend(whole)
            .SelectMany(billed => For(period, elapsed, billed));
    }

    private static IEnumerable<BillingLine> For(BillingPeriod period, TimeRange elapsed, Billed billed) =>
        MeteredQuantity.Known(billed.Plans, elapsed)
            .Where(plan => plan.Plan.Type == PlanType.Subscription)
            .GroupBy(plan => plan.Plan.Id)
            .Select(same => same.ToSeq().Strict())
            .SelectMany(same => BaseLines(period, elapsed, billed, same)
                .Concat(MeteredLines(period, elapsed, billed, same)));

    /// <summary>
    /// One line for each span of the plan. Each is the growth of the rounded total since the line before, so that together
    /// they are the plan's share of the period, rounded once, and a plan that covers the whole period costs its base.
    /// </summary>
    private static IEnumerable<BillingLine> BaseLines(
        BillingPeriod period, TimeRange elapsed, Billed billed, Seq<BilledPlan> same)
    {
        // Price times time, divided once at the end, so that no part is cut before they are summed.
        var (weighted, soFar) = (Usd.Zero, Usd.Zero);
        foreach (var (plan, span) in same
            .Filter(plan => plan.Base > Usd.Zero)
            .Bind(plan => plan.Span.Within(elapsed).Map(span => (plan, span)).ToSeq()))
        {
            weighted += plan.Base * span.Duration.Ticks;
            var due = weighted.Share(1, period.Range.Duration.Ticks).ToCents();
            var total = due - soFar;
            soFar = due;
            yield return new BillingLine(
                billed.Subject, plan.Plan.Id, plan.Plan.Name, Details(billed, plan, span, period), total, 1m, "period", total,
                Differing(span.Start, period.Start), Differing(span.End, period.End));
        }
    }

    /// <summary>One line for each price of the plan, over all its spans in the period, and over all resources that it covers.</summary>
    private static IEnumerable<BillingLine> MeteredLines(
        BillingPeriod period, TimeRange elapsed, Billed billed, Seq<BilledPlan> same)
    {
        var plan = same.Head.Plan;
        var spans = same.Bind(span => span.Span.Within(elapsed).ToSeq()).Strict();
        foreach (var price in plan.Pricing.Metered.Filter(price => price.UnitPrice > Usd.Zero))
        {
            var metric = billed.Metrics.Find(metric => metric.Id == price.Metric)
                .IfNone(() => throw new UnreachableException(price.Metric.Value));
            var used = billed.Meters.Sum(meter => meter.Of(plan.Id, metric.Id));
            var quantity = Math.Max(0m, used - Included(price, period, same));
            yield return new BillingLine(
                billed.Subject, plan.Id, $"{plan.Name}: {metric.Name}", billed.Name,
                price.UnitPrice, quantity, price.Units, (price.UnitPrice * quantity).ToCents(),
                Differing(spans.Head.Start, period.Start), Differing(spans.Last.End, period.End));
        }
    }

    /// <summary>
    /// What is free of charge, for the plan's share of the period. A plan that is still active is taken to stay until the end:
    /// else what is used early would be charged at first and given back later. Rounded up at the sixth decimal.
    /// </summary>
    private static decimal Included(MeteredPrice price, BillingPeriod period, Seq<BilledPlan> same)
    {
        var covered = same.SelectMany(span => span.Span.Within(period.Range)).Sum(span => span.Duration.Ticks);
        return decimal.Ceiling(price.Included * covered / period.Range.Duration.Ticks * 1_000_000m) / 1_000_000m;
    }

    /// <summary>Who is billed, what was chosen where that has a price, and how a part of a price came about.</summary>
    private static string Details(Billed billed, BilledPlan plan, TimeRange span, BillingPeriod period)
    {
        var chosen = plan.Plan.Pricing.Chosen(plan.Metadata)
            .Map(choice => $"{billed.Form.LabelOf(choice.Price.Property)} {choice.Price.Describe(choice.Value)}");
        var name = chosen.IsEmpty ? billed.Name : $"{billed.Name} ({string.Join(", ", chosen)})";
        return span == period.Range
            ? name
            : FormattableString.Invariant(
                $"{name}: {Seconds(span):0.######} of {Seconds(period.Range):0} seconds at {plan.Base.Amount:0.00####}");
    }

    private static decimal Seconds(TimeRange range) => range.Duration.Ticks / (decimal)TimeSpan.TicksPerSecond;

    private static Option<DateTimeOffset> Differing(DateTimeOffset own, DateTimeOffset periods) =>
        own == periods ? None : Some(own);

    /// <summary>Who pays by which plans for what is on which meters.</summary>
    private sealed record Billed(
        PlanSubject Subject, string Name, MetadataSchema Form, Seq<BilledPlan> Plans, Seq<Metric> Metrics, Seq<MeteredQuantity> Meters);
}
