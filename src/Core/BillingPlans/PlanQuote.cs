using LanguageExt;
using Marketplace.Core.Money;
using Marketplace.Core.Products;
using Marketplace.Core.Resources;
using Marketplace.Core.Time;
using Marketplace.Core.Usage;
using static LanguageExt.Prelude;

namespace Marketplace.Core.BillingPlans;

/// <summary>
/// What a plan costs with the choices of a form, before anything is used: the very charges of somebody who has it for a whole period.
/// </summary>
/// <param name="Lines">In whole cents each: the base, each choice, and what they lack to the plan's minimum.</param>
/// <param name="Discounts">In whole cents each: those that always hold, on these lines.</param>
/// <param name="Initial">What is invoiced when the plan is taken up: at most this, because within a period the base is prorated.</param>
/// <param name="Metered">What is used costs this beside it.</param>
public sealed record PlanQuote(Seq<QuoteLine> Lines, Seq<QuoteLine> Discounts, Usd Initial, Seq<QuotedPrice> Metered)
{
    /// <summary>Any month: a whole one costs the same in all of them.</summary>
    private static readonly BillingPeriod Month = BillingPeriod.MonthOf(DateTimeOffset.UnixEpoch);

    /// <summary>Of a period in which nothing is used, when the discounts of the first periods are over.</summary>
    public Usd Total => Usd.Sum(Lines.Map(line => line.Amount)) - Usd.Sum(Discounts.Map(discount => discount.Amount));

    /// <param name="metrics">Those that the plan may price, with their names.</param>
    /// <param name="form">Of the product, which knows what a choice is called.</param>
    public static PlanQuote Of(BillingPlan plan, Seq<Metric> metrics, MetadataSchema form, Map<string, MetadataValue> metadata)
    {
        var lasting = Unused(plan) with { Discounts = plan.Pricing.Discounts.Filter(discount => discount.Periods.IsNone).Strict() };
        var charges = BillingCharges.For(Month, Month.End, Taken(plan, lasting, metadata, Month.Start.AddTicks(-1)));
        return new PlanQuote(
            charges.Lines
                .Filter(line => line.Kind == LineKind.Minimum)
                .Fold(BaseLines(plan, form, metadata), (lines, line) => lines.Add(new QuoteLine("Minimum charge", None, line.Total))),
            charges.Discounts.Map(discount => new QuoteLine(discount.Name, None, discount.Amount)).Strict(),
            InitialCharge(plan, metadata),
            plan.Pricing.Metered
                .Filter(price => price.Price.Costs)
                .Map(price => new QuotedPrice(metrics.Find(metric => metric.Id == price.Metric).Match(metric => metric.Name, () => price.Units), price))
                .Strict());
    }

    /// <summary>What is invoiced at the moment at which somebody takes the plan up as a period begins.</summary>
    public static Usd InitialCharge(BillingPlan plan, Map<string, MetadataValue> metadata) =>
        BillingCharges.InAdvance(Month, Month.Start, Taken(plan, Unused(plan), metadata, Month.Start)).Total;

    private static Pricing Unused(BillingPlan plan) => plan.Pricing with { Metered = Seq<MeteredPrice>() };

    private static BilledInstallation Taken(BillingPlan plan, Pricing pricing, Map<string, MetadataValue> metadata, DateTimeOffset since) =>
        BilledInstallation.On(new BilledPlan(plan with { Pricing = pricing }, metadata, Lifetime.Since(since)));

    /// <summary>The base and each choice. Each is the growth of the rounded sum since the one before, so that nobody adds up to something else.</summary>
    private static Seq<QuoteLine> BaseLines(BillingPlan plan, MetadataSchema form, Map<string, MetadataValue> metadata)
    {
        var (lines, exact, quoted) = (Seq<QuoteLine>(), Usd.Zero, Usd.Zero);
        foreach (var (label, choice, amount) in Parts(plan, form, metadata))
        {
            exact += amount;
            lines = lines.Add(new QuoteLine(label, choice, exact.ToCents() - quoted));
            quoted = exact.ToCents();
        }

        return lines;
    }

    private static IEnumerable<(string Label, Option<string> Choice, Usd Amount)> Parts(
        BillingPlan plan, MetadataSchema form, Map<string, MetadataValue> metadata) =>
        plan.Pricing.Chosen(metadata)
            .Map(chosen => (form.LabelOf(chosen.Price.Property), Some(chosen.Price.Describe(chosen.Value)), chosen.Price.Of(chosen.Value)))
            .AsEnumerable()
            .Prepend((plan.Name, None, plan.Pricing.Base))
            .Where(part => part.Item2.IsSome || part.Item3 > Usd.Zero);
}

/// <summary>One part of a price.</summary>
/// <param name="Label">The plan's name for its base, or what the form calls the choice.</param>
/// <param name="Choice">What was chosen; none for the base.</param>
public sealed record QuoteLine(string Label, Option<string> Choice, Usd Amount);

/// <summary>The price of something that is metered.</summary>
/// <param name="Name">Of the metric, as the customer reads it.</param>
public sealed record QuotedPrice(string Name, MeteredPrice Price);
