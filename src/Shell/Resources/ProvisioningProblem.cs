using System.Diagnostics;
using Marketplace.Core.Installations;
using Marketplace.Core.Resources;
using Marketplace.Shell.Http;
using Marketplace.Shell.Installations;

namespace Marketplace.Shell.Resources;

/// <summary>The one place that gives each refusal of a provision its status, its code and its sentence.</summary>
internal static class ProvisioningProblem
{
    public static PartnerErrorResult From(ProvisioningRejection rejection) =>
        rejection switch
        {
            ProvisioningRejection.InstallationBeingUninstalled going =>
                InstallationProblem.From(new InstallationRejection.BeingUninstalled(going.Id)),
            ProvisioningRejection.InstallationFinalized gone =>
                InstallationProblem.From(new InstallationRejection.AlreadyFinalized(gone.Id)),
            ProvisioningRejection.PlanHindered hindered => PlanProblem.From(hindered.Plan, hindered.By),
            ProvisioningRejection.InstallationBilledPerResource billed => PartnerResults.Conflict(
                $"The plan {billed.Plan} is for whole installations, and here each resource has a plan of its own."),
            _ => throw new UnreachableException(rejection.GetType().Name),
        };
}
