using LanguageExt;
using Marketplace.Core.Money;

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

    /// <summary>What happens as the balance runs low; it means nothing on a subscription.</summary>
    public BalancePolicy Balance { get; init; } = BalancePolicy.Default;

    /// <summary>Only a subscription is charged later: what is paid before use is paid when it is bought.</summary>
    public bool NeedsPaymentMethod => Type == PlanType.Subscription && PaymentMethodRequired;
}

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
