using LanguageExt;
using Marketplace.Core.Money;

namespace Marketplace.Core.BillingPlans;

/// <summary>What is deducted from the lines of one subject and plan. Source: contract §D.7, §D.8, <c>discounts[]</c>.</summary>
/// <param name="Name">Why, as the customer reads it.</param>
/// <param name="Details">The name of the resource or of the team, and how the amount came about.</param>
/// <param name="Amount">In whole cents, above zero.</param>
/// <param name="Start">Where it differs from the period's.</param>
/// <param name="End">Where it differs from the period's.</param>
public sealed record BillingDiscount(
    PlanSubject Subject,
    PlanId Plan,
    string Name,
    string Details,
    Usd Amount,
    Option<DateTimeOffset> Start,
    Option<DateTimeOffset> End);
