using Marketplace.Core.BillingPlans;
using Marketplace.Core.Money;

namespace Marketplace.Core.Transfers;

/// <summary>What a target agrees to: a plan, and what a whole period of it costs for each resource, as it was shown.</summary>
public sealed record ShownPlan(PlanId Plan, Usd Price)
{
    public static ShownPlan Of(PlanOffer offer) => new(offer.Plan.Id, offer.Quote.Total);
}
