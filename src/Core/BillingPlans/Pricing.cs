using LanguageExt;
using Marketplace.Core.Money;
using Marketplace.Core.Resources;
using Marketplace.Core.Usage;

namespace Marketplace.Core.BillingPlans;

/// <summary>When the base of a period is invoiced. Source: contract §D.8, timing by plan.</summary>
public enum BaseBilling
{
    /// <summary>When the period is over.</summary>
    Arrears,

    /// <summary>When it begins, or when the plan is taken up within it.</summary>
    Advance,
}

/// <summary>What a plan costs: a base for a whole period, what choices add to it, a price for what is metered, and what is around them.</summary>
/// <param name="Base">For a whole billing period, prorated by the second; not negative.</param>
public sealed record Pricing(Usd Base, Seq<MeteredPrice> Metered)
{
    public static readonly Pricing Free = new(Usd.Zero, LanguageExt.Seq<MeteredPrice>.Empty);

    /// <summary>What the choices of the product's form add to the base; each property once.</summary>
    public Seq<ChoicePrice> Choices { get; init; } = Seq<ChoicePrice>.Empty;

    /// <summary>When the base is invoiced; what is metered always is when the period is over.</summary>
    public BaseBilling Billed { get; init; } = BaseBilling.Arrears;

    /// <summary>Charged once for each subject, when it takes the plan up for the first time; in whole cents, not negative.</summary>
    public Usd OneTime { get; init; } = Usd.Zero;

    /// <summary>The least that base and usage of a whole period cost together, prorated like the base; in whole cents, not negative.</summary>
    public Usd Minimum { get; init; } = Usd.Zero;

    /// <summary>In the order in which they are deducted.</summary>
    public Seq<Discount> Discounts { get; init; } = Seq<Discount>.Empty;

    /// <summary>The base for a whole period with what was chosen, exact; not negative.</summary>
    public Usd BaseFor(Map<string, MetadataValue> metadata) =>
        Base + Usd.Sum(Chosen(metadata).Map(chosen => chosen.Price.Of(chosen.Value)));

    /// <summary>The choices that have a price and were made, in the order of the plan.</summary>
    internal Seq<(ChoicePrice Price, MetadataValue Value)> Chosen(Map<string, MetadataValue> metadata) =>
        Choices.Bind(price => metadata.Find(price.Property).Map(value => (price, value)).ToSeq()).Strict();

    /// <summary>Whether something is invoiced as soon as somebody takes the plan up.</summary>
    public bool BillsAtOnce => Billed == BaseBilling.Advance || OneTime > Usd.Zero;

    /// <summary>Whether anything has a price.</summary>
    public bool Costs =>
        Base > Usd.Zero || OneTime > Usd.Zero || Minimum > Usd.Zero
        || Choices.Exists(price => price.Costs) || Metered.Exists(price => price.Price.Costs);
}

/// <summary>The price of one metric.</summary>
/// <param name="Price">Of what is used beyond what is included.</param>
/// <param name="Units">
/// Of what is billed, as printed on the invoice: <c>MB-hours</c> for a level or a rate, which is billed for each hour that
/// it stands for, else the metric's own.
/// </param>
/// <param name="Included">
/// Free of charge in each whole period, in <paramref name="Units"/>, and in a part of a period for that part; not negative.
/// </param>
public sealed record MeteredPrice(MetricId Metric, QuantityPrice Price, string Units, decimal Included)
{
    /// <summary>Each unit at one price.</summary>
    public MeteredPrice(MetricId metric, Usd unitPrice, string units, decimal included)
        : this(metric, new QuantityPrice.PerUnit(unitPrice), units, included)
    {
    }
}
