using Marketplace.Core.BillingPlans;
using Marketplace.Core.Installations;

namespace Marketplace.Core.Resources;

/// <summary>Why a resource does not begin, though every field of the request is good. Nothing has changed.</summary>
public abstract record ProvisioningRejection
{
    private ProvisioningRejection() { }

    public sealed record InstallationBeingUninstalled(InstallationId Id) : ProvisioningRejection;

    public sealed record InstallationFinalized(InstallationId Id) : ProvisioningRejection;

    /// <summary>The plan is shown, but it cannot be chosen now.</summary>
    public sealed record PlanHindered(PlanId Plan, PlanHindrance By) : ProvisioningRejection;

    /// <summary>The plan is for whole installations, and this one has a plan for each resource.</summary>
    public sealed record InstallationBilledPerResource(InstallationId Id, PlanId Plan) : ProvisioningRejection;
}
