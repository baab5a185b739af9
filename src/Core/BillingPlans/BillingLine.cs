using LanguageExt;
using Marketplace.Core.Money;

namespace Marketplace.Core.BillingPlans;

/// <summary>What a line is for, which the customer reads from its name.</summary>
public enum LineKind
{
    /// <summary>The plan's base for a period or a part of one, with what was chosen.</summary>
    Base,

    /// <summary>What was used.</summary>
    Metered,

    /// <summary>What is missing to the least that the plan costs.</summary>
    Minimum,

    /// <summary>Charged when the plan is taken up for the first time.</summary>
    OneTime,

    /// <summary>What an earlier period costs more than was billed of it, because something arrived late.</summary>
    Correction,

    /// <summary>What the provider charges beside its plans, on an invoice of its own.</summary>
    OneOff,
}

/// <summary>One line of interim billing data or of an invoice. Source: contract §D.7, §D.8, <c>items[]</c>.</summary>
/// <param name="Name">What it is for, as the customer reads it.</param>
/// <param name="Details">The name of the resource or of the team, and how a part of a price came about.</param>
/// <param name="Price">Of one unit, exact; not negative.</param>
/// <param name="Quantity">In <paramref name="Units"/>, exact; not negative.</param>
/// <param name="Total">Price times quantity, in whole cents: the one rounding of the line.</param>
/// <param name="Start">Where it differs from the period's.</param>
/// <param name="End">Where it differs from the period's.</param>
public sealed record BillingLine(
    PlanSubject Subject,
    PlanId Plan,
    LineKind Kind,
    string Name,
    string Details,
    Usd Price,
    decimal Quantity,
    string Units,
    Usd Total,
    Option<DateTimeOffset> Start,
    Option<DateTimeOffset> End);
