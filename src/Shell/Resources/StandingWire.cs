using Marketplace.Core.Resources;
using Marketplace.Shell.Persistence;

namespace Marketplace.Shell.Resources;

/// <summary>How a resource stands after the provider has changed it.</summary>
/// <param name="Status">As Vercel shows it, by its name in the contract (§C.2).</param>
/// <param name="Fault">What the provider says does not work; null where all does.</param>
/// <param name="SuspendedBy">Everything that keeps it out of service: a resume lifts what is the provider's own, and nothing else.</param>
/// <param name="BillingPlanId">Null where its installation's plan covers it.</param>
/// <param name="NextBillingPlan">Which begins when the period is over.</param>
internal sealed record StandingWire(
    string Id, string Name, string Status, string? Fault, SuspendedByWire[] SuspendedBy, string? BillingPlanId, NextPlanWire? NextBillingPlan)
{
    public static StandingWire Of(Resource resource)
    {
        var facts = resource.Facts;
        return new StandingWire(
            facts.Id.Value, facts.Name, ResourceStatus.Of(resource), facts.Fault.OrNull(),
            resource is Resource.Suspended suspended
                ? [.. suspended.Causes.AsEnumerable().Select(cause => new SuspendedByWire(Suspensions.Name(cause.Key), cause.Value))]
                : [],
            facts.Plan.Map(plan => plan.Value).OrNull(),
            facts.NextPlan.MatchUnsafe<NextPlanWire?>(next => new NextPlanWire(next.Plan.Value, next.EffectiveAt), () => null));
    }
}

/// <param name="Cause">non_payment, empty_balance or provider.</param>
internal sealed record SuspendedByWire(string Cause, string Reason);

internal sealed record NextPlanWire(string BillingPlanId, DateTimeOffset EffectiveAt);
