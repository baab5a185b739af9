using Marketplace.Core.BillingPlans;
using Marketplace.Core.Installations;
using Marketplace.Core.Products;
using Marketplace.Shell.BillingPlans;

namespace Marketplace.Shell.Installations;

/// <summary>An installation on the wire. Source: contract §B.1.</summary>
/// <param name="BillingPlan">Absent when each resource is billed by its own.</param>
internal sealed record InstallationWire(BillingPlanWire? BillingPlan)
{
    public static InstallationWire Of(Installation installation, Catalogue catalogue) =>
        new(installation.OwnPlan.Bind(catalogue.InstallationPlan)
            .MatchUnsafe<BillingPlanWire?>(plan => BillingPlanWire.Of(PlanOffer.Of(plan)), () => null));
}
