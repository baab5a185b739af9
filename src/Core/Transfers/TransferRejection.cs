using Marketplace.Core.BillingPlans;
using Marketplace.Core.Installations;
using Marketplace.Core.Resources;

namespace Marketplace.Core.Transfers;

/// <summary>Why a transfer cannot be offered, looked at or accepted. Nothing has changed.</summary>
public abstract record TransferRejection
{
    private TransferRejection() { }

    /// <summary>Somebody has it, and keeps it.</summary>
    public sealed record AlreadyAccepted(ClaimId Id) : TransferRejection;

    public sealed record Expired(ClaimId Id, DateTimeOffset ExpiresAt) : TransferRejection;

    /// <summary>Source and target are the same installation.</summary>
    public sealed record AlreadyThere(InstallationId Id) : TransferRejection;

    /// <summary>The target needs another plan than its own, and has not been shown this one at this price.</summary>
    public sealed record PlanNotShown(ShownPlan Plan) : TransferRejection;

    /// <summary>The target is on its way out, or gone; it does not come back under this id.</summary>
    public sealed record TargetUninstalled(InstallationId Id) : TransferRejection;

    public sealed record InstallationBeingUninstalled(InstallationId Id) : TransferRejection;

    public sealed record InstallationFinalized(InstallationId Id) : TransferRejection;

    /// <summary>The source does not have it: it never did, or it was deleted or handed over, if only for a while.</summary>
    public sealed record NotTheSources(ResourceId Id) : TransferRejection;

    /// <summary>It is being made or changed just now; try again when that is done.</summary>
    public sealed record UnderWay(ResourceId Id) : TransferRejection;

    /// <summary>It was made elsewhere, and its credentials are its owner's: whoever is to have it links it there.</summary>
    public sealed record MadeElsewhere(ResourceId Id) : TransferRejection;

    /// <summary>It was never made.</summary>
    public sealed record ProvisioningHadFailed(ResourceId Id) : TransferRejection;

    /// <summary>Whoever has it settles first what it is suspended for.</summary>
    public sealed record CurrentlySuspended(ResourceId Id) : TransferRejection;

    /// <summary>The target has no room on any plan that would do.</summary>
    public sealed record NoPlanFits(ResourceId Id) : TransferRejection;

    /// <summary>The target would have to pay for the plan, and an invoice of it could not be charged.</summary>
    public sealed record PaymentMissing(PlanId Plan) : TransferRejection;

    /// <summary>The resources would need different new plans, or one at different prices, and only one can be shown.</summary>
    public sealed record SeveralPlansNeeded(ShownPlan One, ShownPlan Another) : TransferRejection;
}
