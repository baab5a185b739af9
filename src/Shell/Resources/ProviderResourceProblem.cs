using System.Diagnostics;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Installations;
using Marketplace.Core.Resources;
using Marketplace.Shell.Http;

namespace Marketplace.Shell.Resources;

/// <summary>The one place that gives each refusal of a resource its type and its sentence for the provider's own backend.</summary>
internal static class ProviderResourceProblem
{
    public static ProblemResult From(ResourceRejection rejection) =>
        rejection switch
        {
            ResourceRejection.AlreadyUninstalled(var id) => ProviderProblems.Conflict(
                $"Resource {id} is gone from the installation.", "resource_uninstalled"),
            ResourceRejection.StillProvisioning(var id) => ProviderProblems.Conflict(
                $"Resource {id} is still being made. Its provisioner says when it is there.", "still_provisioning"),
            ResourceRejection.ProvisioningHadFailed(var id, _) => ProviderProblems.Conflict(
                $"Resource {id} was never made. It can only be deleted.", "provisioning_failed"),
            ResourceRejection.CurrentlySuspended(var id) => ProviderProblems.Conflict(
                $"Resource {id} is suspended, until all that led to it is over.", "resource_suspended"),
            ResourceRejection.NotOurs(var id) => ProviderProblems.Conflict(
                $"Resource {id} was imported: its plan, its service and its credentials are its owner's.", "not_ours"),
            ResourceRejection.PlanHindered(var plan, var by) => From(plan, by),
            ResourceRejection.InstallationRefuses(var why) => From(why),
            ResourceRejection.NotProvisioning or ResourceRejection.NextPlanNotDue or ResourceRejection.StatusNotForCustomers =>
                throw new UnreachableException(rejection.GetType().Name),
            _ => throw new UnreachableException(rejection.GetType().Name),
        };

    public static ProblemResult From(InstallationRejection rejection) =>
        rejection switch
        {
            InstallationRejection.BeingUninstalled(var id) => InstallationLeaves(id),
            InstallationRejection.AlreadyFinalized(var id) => InstallationLeaves(id),
            InstallationRejection.BilledPerResource(var id) => ProviderProblems.Conflict(
                $"Installation {id} has no plan of its own: each of its resources has one.", "billed_per_resource"),
            _ => throw new UnreachableException(rejection.GetType().Name),
        };

    public static ProblemResult From(PlanId plan, PlanHindrance hindrance) =>
        hindrance switch
        {
            PlanHindrance.NotSold => ProviderProblems.Conflict($"Plan {plan} is not sold at the moment.", "plan_not_sold"),
            PlanHindrance.PaymentMissing => ProviderProblems.Conflict(
                $"Plan {plan} has to be paid for, and an invoice of the installation could not be charged.", "payment_missing"),
            PlanHindrance.Full full => ProviderProblems.Conflict(
                $"Of plan {plan} an installation has at most {full.ResourcesMax}.", "plan_full"),
            _ => throw new UnreachableException(hindrance.GetType().Name),
        };

    public static ProblemResult InstallationLeaves(InstallationId id) => ProviderProblems.Conflict(
        $"Installation {id} is uninstalled.", "installation_uninstalled");

    public static ProblemResult NoInstallation(InstallationId id) => ProviderProblems.NotFound($"There is no installation {id}.");

    public static ProblemResult NoResource(ResourceId id) => ProviderProblems.NotFound($"The installation has no resource {id}.");
}
