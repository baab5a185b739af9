using Marketplace.Core.BillingPlans;
using Marketplace.Core.Installations;

namespace Marketplace.Core.Resources;

/// <summary>Why a command on a resource is refused. Nothing has changed.</summary>
public abstract record ResourceRejection
{
    private ResourceRejection() { }

    public sealed record AlreadyUninstalled(ResourceId Id) : ResourceRejection;

    /// <summary>It is still being made: try again when it is ready.</summary>
    public sealed record StillProvisioning(ResourceId Id) : ResourceRejection;

    /// <summary>It was never made, so there is nothing to change; it can only be deleted.</summary>
    public sealed record ProvisioningHadFailed(ResourceId Id, string Reason) : ResourceRejection;

    /// <summary>Provisioning had ended before this outcome arrived.</summary>
    public sealed record NotProvisioning(ResourceId Id) : ResourceRejection;

    /// <summary>Nobody gets in until it is resumed, with old credentials or new ones.</summary>
    public sealed record CurrentlySuspended(ResourceId Id) : ResourceRejection;

    /// <summary>It was made elsewhere: its plan, its limits and its credentials are its owner's to change.</summary>
    public sealed record NotOurs(ResourceId Id) : ResourceRejection;

    /// <summary>The plan that waits is still to begin.</summary>
    public sealed record NextPlanNotDue(ResourceId Id, DateTimeOffset EffectiveAt) : ResourceRejection;

    /// <summary>Another status was asked for. What a resource is follows from what became of it: nobody ends a suspension by saying so.</summary>
    public sealed record StatusNotForCustomers(ResourceId Id, string Present, string Asked) : ResourceRejection;

    /// <summary>The plan is for its whole installation, which does not take it.</summary>
    public sealed record InstallationRefuses(InstallationRejection Why) : ResourceRejection;

    /// <summary>The plan is shown, but it cannot be chosen now.</summary>
    public sealed record PlanHindered(PlanId Plan, PlanHindrance By) : ResourceRejection;
}
