using Marketplace.Core.Usage;

namespace Marketplace.Core.BillingPlans;

/// <summary>What a plan leaves free of charge of one metric in a period. Source: contract §D.7, <c>usage[].planValue</c>.</summary>
/// <param name="Included">
/// For the plan's share of the period, where it is taken to stay if it is active: in the units in which the metric is billed.
/// </param>
public sealed record Allowance(PlanSubject Subject, PlanId Plan, MetricId Metric, string Units, decimal Included);
