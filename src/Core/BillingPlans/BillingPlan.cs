using LanguageExt;
using Marketplace.Core.Money;
using Marketplace.Core.Resources;
using Marketplace.Core.Usage;

namespace Marketplace.Core.BillingPlans;

/// <summary>How a plan is paid. Source: contract §C.1, <c>type</c>.</summary>
public enum PlanType
{
    /// <summary>Invoiced for each period.</summary>
    Subscription,

    /// <summary>Paid before use, and burnt down.</summary>
    Prepayment,
}

/// <summary>What one choice of a plan covers. Source: contract §C.1, <c>scope</c>.</summary>
public enum PlanScope
{
    Resource,
    Installation,
}

/// <summary>A billing plan as the catalogue sells it. Source: contract §C.1.</summary>
/// <param name="PaymentMethodRequired">False for a plan that is completely free; only a subscription can be.</param>
/// <param name="ResourcesMax">How many resources of one installation may be on the plan at a time; any number when absent.</param>
/// <param name="Settings">What the provisioner reads, such as a limit of connections; it means nothing to billing.</param>
public sealed record BillingPlan(
    PlanId Id,
    PlanType Type,
    string Name,
    string Description,
    PlanScope Scope,
    bool PaymentMethodRequired,
    Pricing Pricing,
    PlanDisplay Display,
    Option<int> ResourcesMax,
    Map<string, string> Settings)
{
    /// <summary>The plans to which a resource changes from this one only when the period is over. Source: contract §C.1, <c>effectiveDate</c>.</summary>
    public Seq<PlanId> ChangesAtPeriodEnd { get; init; } = Seq<PlanId>.Empty;

    /// <summary>Whether invoices come of it: what is free or paid before use has none.</summary>
    public bool IsInvoiced => Type == PlanType.Subscription && Pricing.Costs;
}

/// <summary>What a plan costs: a base for a whole period, what choices add to it, and a price for each unit that is metered.</summary>
/// <param name="Base">For a whole billing period, prorated by the second; not negative.</param>
public sealed record Pricing(Usd Base, Seq<MeteredPrice> Metered)
{
    public static readonly Pricing Free = new(Usd.Zero, LanguageExt.Seq<MeteredPrice>.Empty);

    /// <summary>What the choices of the product's form add to the base; each property once.</summary>
    public Seq<ChoicePrice> Choices { get; init; } = Seq<ChoicePrice>.Empty;

    /// <summary>The base for a whole period with what was chosen, exact; not negative.</summary>
    public Usd BaseFor(Map<string, MetadataValue> metadata) =>
        Base + Usd.Sum(Chosen(metadata).Map(chosen => chosen.Price.Of(chosen.Value)));

    /// <summary>The choices that have a price and were made, in the order of the plan.</summary>
    internal Seq<(ChoicePrice Price, MetadataValue Value)> Chosen(Map<string, MetadataValue> metadata) =>
        Choices.Bind(price => metadata.Find(price.Property).Map(value => (price, value)).ToSeq()).Strict();

    /// <summary>Whether anything has a price.</summary>
    public bool Costs =>
        Base > Usd.Zero || Choices.Exists(price => price.Costs) || Metered.Exists(price => price.UnitPrice > Usd.Zero);
}

/// <summary>The price of one metric.</summary>
/// <param name="UnitPrice">For one unit, exact, often with many decimals; not negative.</param>
/// <param name="Units">
/// Of what is billed, as printed on the invoice: <c>MB-hours</c> for a level or a rate, which is billed for each hour that
/// it stands for, else the metric's own.
/// </param>
/// <param name="Included">
/// Free of charge in each whole period, in <paramref name="Units"/>, and in a part of a period for that part; not negative.
/// </param>
public sealed record MeteredPrice(MetricId Metric, Usd UnitPrice, string Units, decimal Included);

/// <summary>What the plan's card in Vercel's dashboard says. Amounts are shown, never charged, by these fields. Source: contract §C.1.</summary>
/// <param name="Cost">Such as <c>$19.00/month</c>.</param>
/// <param name="InitialCharge">What will be invoiced at sign-up.</param>
/// <param name="MinimumAmount">Of one purchase; prepayment only.</param>
/// <param name="MaximumAmount">Of one purchase; prepayment only.</param>
/// <param name="MaximumAutoPurchasePerPeriod">Of the automatic purchases of a month; prepayment only.</param>
public sealed record PlanDisplay(
    Option<string> Cost,
    Seq<PlanDetail> Details,
    Seq<PlanDetail> HighlightedDetails,
    Option<Usd> PreauthorizationAmount,
    Option<Usd> InitialCharge,
    Option<Usd> MinimumAmount,
    Option<Usd> MaximumAmount,
    Option<Usd> MaximumAutoPurchasePerPeriod,
    bool Disabled)
{
    /// <summary>A plan of which nothing is said.</summary>
    public static readonly PlanDisplay Plain = new(
        Cost: Option<string>.None, Details: Seq<PlanDetail>.Empty, HighlightedDetails: Seq<PlanDetail>.Empty,
        PreauthorizationAmount: Option<Usd>.None, InitialCharge: Option<Usd>.None, MinimumAmount: Option<Usd>.None,
        MaximumAmount: Option<Usd>.None, MaximumAutoPurchasePerPeriod: Option<Usd>.None, Disabled: false);
}

public sealed record PlanDetail(string Label, Option<string> Value);
