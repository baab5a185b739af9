using System.Diagnostics;
using Marketplace.Core.Installations;
using Marketplace.Core.Transfers;
using Marketplace.Shell.BillingPlans;
using Marketplace.Shell.Http;
using Marketplace.Shell.Installations;

namespace Marketplace.Shell.Transfers;

/// <summary>The one place that gives each refusal of a transfer its status, its code and its sentence.</summary>
/// <remarks>409 where the claim, or what it is about, is in the wrong state; 422 where it can never be what is wanted.</remarks>
internal static class TransferProblem
{
    public static PartnerErrorResult From(TransferRejection rejection) =>
        rejection switch
        {
            TransferRejection.AlreadyAccepted => PartnerResults.Conflict(
                "The transfer is accepted already.", new PartnerErrorUser("Somebody has claimed this already.")),
            TransferRejection.Expired expired => PartnerResults.Conflict(
                $"The transfer has expired at {expired.ExpiresAt:O}.",
                new PartnerErrorUser("This claim has expired. Ask for a new one.")),
            TransferRejection.AlreadyThere => PartnerResults.Unprocessable(
                "Source and target are the same installation.", new PartnerErrorUser("Your team has this already.")),
            TransferRejection.PlanNotShown needed => PartnerResults.Conflict(
                $"The target needs the plan {Said(needed.Plan)} now, which it has not been shown: verify again.",
                new PartnerErrorUser("What this costs has changed. Look at it again before you claim it.")),
            TransferRejection.TargetUninstalled target => PartnerResults.Unprocessable(
                $"The target {target.Id} is uninstalled.",
                new PartnerErrorUser("This integration is being uninstalled from your team. Install it again, then claim this.")),
            TransferRejection.InstallationBeingUninstalled going =>
                InstallationProblem.From(new InstallationRejection.BeingUninstalled(going.Id)),
            TransferRejection.InstallationFinalized gone =>
                InstallationProblem.From(new InstallationRejection.AlreadyFinalized(gone.Id)),
            TransferRejection.NotTheSources not => PartnerResults.Unprocessable(
                $"The source has no resource {not.Id}.", new PartnerErrorUser("A resource of this transfer does not exist any more.")),
            TransferRejection.UnderWay busy => PartnerResults.Conflict(
                $"Resource {busy.Id} is still being changed.",
                new PartnerErrorUser("A resource of this transfer is being set up or changed. Try again in a moment.")),
            TransferRejection.ProvisioningHadFailed failed => PartnerResults.Unprocessable(
                $"Resource {failed.Id} was never provisioned.",
                new PartnerErrorUser("A resource of this transfer could not be set up, so there is nothing to transfer.")),
            TransferRejection.MadeElsewhere linked => PartnerResults.Unprocessable(
                $"Resource {linked.Id} was linked, and not made here.",
                new PartnerErrorUser(
                    "A resource of this transfer is linked to something of the team's own. It stays; the other team imports it by itself.")),
            TransferRejection.CurrentlySuspended suspended => PartnerResults.Conflict(
                $"Resource {suspended.Id} is suspended.",
                new PartnerErrorUser("A resource of this transfer is suspended. Settle what is open, then try again.")),
            TransferRejection.NoPlanFits full => PartnerResults.Conflict(
                $"The target has no room for resource {full.Id} on any plan that would do.",
                new PartnerErrorUser("Your team has no room for this on any plan. Delete what you do not need, then try again.")),
            TransferRejection.PaymentMissing unpaid => PartnerResults.Conflict(
                $"The plan {unpaid.Plan} needs a payment method, and an invoice of the target could not be charged.",
                new PartnerErrorUser(
                    "An invoice of your team could not be charged. Update the payment method of your team on Vercel; once it is paid, claim this.")),
            TransferRejection.SeveralPlansNeeded several => PartnerResults.Unprocessable(
                $"The target would need {Said(several.One)} and {Said(several.Another)}, and only one plan can be shown.",
                new PartnerErrorUser("These resources need different plans. Transfer them one by one.")),
            _ => throw new UnreachableException(rejection.GetType().Name),
        };

    public static PartnerErrorResult Unknown() => PartnerResults.NotFound("There is no such transfer.");

    private static string Said(ShownPlan plan) => $"{plan.Plan} for {DisplayedAmount.Of(plan.Price)}";
}
