using LanguageExt;
using Marketplace.Core.Money;

namespace Marketplace.Core.BillingPlans;

/// <summary>Something off what a period of a plan costs: its base, its usage and its minimum, but not a one-time charge.</summary>
/// <param name="Name">As the customer reads it.</param>
/// <param name="Periods">For the first so many periods of a subject on the plan, the one in which it began among them; always when absent.</param>
public sealed record Discount(string Name, DiscountValue Value, Option<int> Periods);

/// <summary>How much a discount deducts.</summary>
public abstract record DiscountValue
{
    private DiscountValue() { }

    /// <param name="Rate">Of the lines before any discount: above zero, at most 100.</param>
    public sealed record Percent(decimal Rate) : DiscountValue;

    /// <param name="Off">In each whole period, and in a part of a period for that part; above zero.</param>
    public sealed record Amount(Usd Off) : DiscountValue;
}
