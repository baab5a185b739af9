using System.Diagnostics;
using LanguageExt;
using Marketplace.Core.Money;
using Marketplace.Core.Products;
using Marketplace.Core.Time;
using Marketplace.Core.Usage;
using static LanguageExt.Prelude;

namespace Marketplace.Core.BillingPlans;

/// <summary>The lines of a period so far. The same function makes the interim data and, at the period's end, the invoice.</summary>
/// <remarks>
/// Totals for the whole period. They grow as time goes on, but for three cases: a plan that is taken again brings back what it
/// includes, one that is billed in advance and left gives back what is not used, and the next step of a volume price may be cheaper.
/// Source: contract §D.7, §D.8.
/// </remarks>
public static class BillingLines
{
    /// <summary>
    /// Every line of the installation for the period up to a moment, its own first; those that come to nothing so far are among them.
    /// </summary>
    /// <param name="asOf">What happened later is not known yet; a moment past the period's end is its end.</param>
    /// <param name="installation">Plans that are paid before use have no lines, nor has what costs nothing.</param>
    public static Seq<BillingLine> For(BillingPeriod period, DateTimeOffset asOf, BilledInstallation installation) =>
        Until(period, asOf, elapsed => Takings(installation, PlanType.Subscription, period, elapsed).SelectMany(taken => Lines(period, elapsed, taken)));

    /// <summary>What plans that are paid before use come to in the period up to a moment, by which their balances are burnt down.</summary>
    public static Seq<BillingLine> Burnt(BillingPeriod period, DateTimeOffset asOf, BilledInstallation installation) =>
        Until(period, asOf, elapsed => Takings(installation, PlanType.Prepayment, period, elapsed).SelectMany(taken => MeteredLines(period, elapsed, taken)));

    /// <summary>
    /// What is billed before it is over: the base of plans that are billed in advance, and one-time charges. A plan that is active at the
    /// moment is taken to stay until the period's end.
    /// </summary>
    /// <param name="asOf">In the period, its beginning included. A plan that begins at it has begun.</param>
    public static Seq<BillingLine> InAdvance(BillingPeriod period, DateTimeOffset asOf, BilledInstallation installation) =>
        Takings(installation, PlanType.Subscription, Seq<MeteredQuantity>(), plans => Begun(plans, period, asOf))
            .SelectMany(taken => (taken.IsBilledInAdvance ? BaseLines(period, period.Range, taken) : []).Concat(OneTimeLine(period, taken)))
            .ToSeq()
            .Strict();

    /// <summary>
    /// What is free of charge in the period, as it is known at a moment: of every plan that somebody has had in it by then, and of each price
    /// that includes something.
    /// </summary>
    public static Seq<Allowance> Allowances(BillingPeriod period, DateTimeOffset asOf, BilledInstallation installation) =>
        TimeRange.Between(period.Start, asOf < period.End ? asOf : period.End).Match(
            Some: elapsed => new[] { PlanType.Subscription, PlanType.Prepayment }
                .SelectMany(type => Takings(installation, type, Seq<MeteredQuantity>(), plans => MeteredQuantity.Known(plans, elapsed)))
                .SelectMany(taken => taken.Plan.Pricing.Metered
                    .Filter(price => price.Included > 0m)
                    .Map(price => new Allowance(
                        taken.By.Subject, taken.Plan.Id, price.Metric, price.Units, Included(price, period, taken.Spans))))
                .ToSeq()
                .Strict(),
            None: () => Seq<Allowance>());

    private static Seq<BillingLine> Until(BillingPeriod period, DateTimeOffset asOf, Func<TimeRange, IEnumerable<BillingLine>> lines) =>
        TimeRange.Between(period.Start, asOf < period.End ? asOf : period.End).Match(
            Some: elapsed => lines(elapsed).ToSeq().Strict(),
            None: () => Seq<BillingLine>());

    private static Seq<BilledPlan> Begun(Seq<BilledPlan> plans, BillingPeriod period, DateTimeOffset asOf) =>
        plans
            .Filter(plan => plan.Span.Start <= asOf)
            .Map(plan => plan with { Span = plan.Span.AsOf(asOf) })
            .Filter(plan => plan.Span.Within(period.Range).IsSome)
            .Strict();

    private static IEnumerable<Taken> Takings(BilledInstallation installation, PlanType type, BillingPeriod period, TimeRange elapsed) =>
        Takings(
            installation, type,
            installation.Resources.Map(resource => new MeteredQuantity(resource, period, elapsed)).Strict(),
            plans => MeteredQuantity.Known(plans, elapsed));

    /// <summary>Every plan of every subject, those of the installation first and the resources by their ids.</summary>
    /// <param name="known">The spans of a subject that count, as they are known.</param>
    private static IEnumerable<Taken> Takings(
        BilledInstallation installation, PlanType type, Seq<MeteredQuantity> meters, Func<Seq<BilledPlan>, Seq<BilledPlan>> known) =>
        installation.Resources
            .OrderBy(resource => resource.Id.Value, StringComparer.Ordinal)
            .Select(resource => new Billed(
                PlanSubject.Of(resource.Id), resource.Name, resource.Form, resource.Metrics, resource.OwnPlans,
                meters.Filter(meter => meter.Resource == resource.Id).Strict()))
            .Prepend(new Billed(
                PlanSubject.WholeInstallation, installation.Name, MetadataSchema.Nothing, installation.Metrics, installation.Plans, meters))
            .SelectMany(billed => known(billed.Plans)
                .Where(plan => plan.Plan.Type == type)
                .GroupBy(plan => plan.Plan.Id)
                .Select(same => new Taken(
                    billed, same.ToSeq().Strict(),
                    billed.Plans.Filter(plan => plan.Plan.Id.IsVersionOf(same.Key)).Min(plan => plan.Span.Start))));

    private static IEnumerable<BillingLine> Lines(BillingPeriod period, TimeRange elapsed, Taken taken)
    {
        var lines = BaseLines(period, taken.IsBilledInAdvance ? period.Range : elapsed, taken)
            .Concat(MeteredLines(period, elapsed, taken))
            .ToSeq()
            .Strict();
        return [.. lines, .. MinimumLine(period, elapsed, taken, lines), .. OneTimeLine(period, taken)];
    }

    /// <summary>
    /// One line for each span of the plan. Each is the growth of the rounded total since the line before, so that together
    /// they are the plan's share of the period, rounded once, and a plan that covers the whole period costs its base.
    /// </summary>
    /// <param name="billed">The part of the period that is billed.</param>
    private static IEnumerable<BillingLine> BaseLines(BillingPeriod period, TimeRange billed, Taken taken)
    {
        // Price times time, divided once at the end, so that no part is cut before they are summed.
        var (weighted, soFar) = (Usd.Zero, Usd.Zero);
        foreach (var (plan, span) in taken.Spans
            .Filter(plan => plan.Base > Usd.Zero)
            .Bind(plan => plan.Span.Within(billed).Map(span => (plan, span)).ToSeq()))
        {
            weighted += plan.Base * span.Duration.Ticks;
            var due = weighted.Share(1, period.Range.Duration.Ticks).ToCents();
            var total = due - soFar;
            soFar = due;
            yield return taken.Line(LineKind.Base, taken.Plan.Name, Details(taken, plan, span, period), total, "period") with
            {
                Start = Differing(span.Start, period.Start), End = Differing(span.End, period.End),
            };
        }
    }

    /// <summary>Of each price of the plan, over all its spans in the period, and over all resources that it covers.</summary>
    private static IEnumerable<BillingLine> MeteredLines(BillingPeriod period, TimeRange elapsed, Taken taken)
    {
        var spans = taken.Spans.Bind(span => span.Span.Within(elapsed).ToSeq()).Strict();
        foreach (var price in taken.Plan.Pricing.Metered.Filter(price => price.Price.Costs))
        {
            var metric = taken.By.Metrics.Find(metric => metric.Id == price.Metric)
                .IfNone(() => throw new UnreachableException(price.Metric.Value));
            var used = taken.By.Meters.Sum(meter => meter.Of(taken.Plan.Id, metric.Id));
            var quantity = Math.Max(0m, used - Included(price, period, taken.Spans));
            foreach (var part in price.Price.Parts(quantity, price.Units))
            {
                yield return new BillingLine(
                    taken.By.Subject, taken.Plan.Id, LineKind.Metered, $"{taken.Plan.Name}: {metric.Name}",
                    part.Details.Length == 0 ? taken.By.Name : $"{taken.By.Name}: {part.Details}", part.Price, part.Quantity, part.Units, part.Total,
                    Differing(spans.Head.Start, period.Start), Differing(spans.Last.End, period.End));
            }
        }
    }

    /// <summary>What base and usage lack to the plan's minimum, of which each part of the period has its share.</summary>
    private static IEnumerable<BillingLine> MinimumLine(BillingPeriod period, TimeRange elapsed, Taken taken, Seq<BillingLine> lines)
    {
        var spans = taken.Spans.Bind(span => span.Span.Within(elapsed).ToSeq()).Strict();
        var least = taken.Plan.Pricing.Minimum.Share(spans.Sum(span => span.Duration.Ticks), period.Range.Duration.Ticks).ToCents();
        var missing = least - Usd.Sum(lines.Map(line => line.Total));
        if (missing > Usd.Zero)
        {
            yield return taken.Line(
                LineKind.Minimum, $"{taken.Plan.Name}: Minimum charge", FormattableString.Invariant($"{taken.By.Name}: up to {least.Amount:0.00}"),
                missing, "period") with
            {
                Start = Differing(spans.Head.Start, period.Start), End = Differing(spans.Last.End, period.End),
            };
        }
    }

    /// <summary>In the period in which the subject takes the plan up for the first time, by the version that it was then.</summary>
    private static IEnumerable<BillingLine> OneTimeLine(BillingPeriod period, Taken taken)
    {
        if (taken.Plan.Pricing.OneTime > Usd.Zero && period.Contains(taken.Since) && taken.Spans.Exists(span => span.Span.Start == taken.Since))
        {
            yield return taken.Line(
                LineKind.OneTime, $"{taken.Plan.Name}: One-time charge", taken.By.Name, taken.Plan.Pricing.OneTime, "sign-up") with
            {
                Start = Differing(taken.Since, period.Start),
            };
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
    private static string Details(Taken taken, BilledPlan plan, TimeRange span, BillingPeriod period)
    {
        var chosen = plan.Plan.Pricing.Chosen(plan.Metadata)
            .Map(choice => $"{taken.By.Form.LabelOf(choice.Price.Property)} {choice.Price.Describe(choice.Value)}");
        var name = chosen.IsEmpty ? taken.By.Name : $"{taken.By.Name} ({string.Join(", ", chosen)})";
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
        PlanSubject Subject, string Name, MetadataSchema Form, Seq<Metric> Metrics, Seq<BilledPlan> Plans, Seq<MeteredQuantity> Meters);

    /// <summary>One plan of one subject in the period.</summary>
    /// <param name="Spans">All of the same plan, oldest first; at least one.</param>
    /// <param name="Since">When the subject took the plan up for the first time, however long ago and in whatever version.</param>
    private sealed record Taken(Billed By, Seq<BilledPlan> Spans, DateTimeOffset Since)
    {
        public BillingPlan Plan => Spans.Head.Plan;

        public bool IsBilledInAdvance => Plan.Pricing.Billed == BaseBilling.Advance;

        /// <summary>One unit at its own price.</summary>
        public BillingLine Line(LineKind kind, string name, string details, Usd total, string units) =>
            new(By.Subject, Plan.Id, kind, name, details, total, 1m, units, total, None, None);
    }
}
