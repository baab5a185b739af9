using System.Diagnostics;
using Marketplace.Core.Installations;
using Marketplace.Shell.Http;

namespace Marketplace.Shell.Installations;

/// <summary>The one place that gives each refusal of an installation its status, its code and its sentence.</summary>
internal static class InstallationProblem
{
    public static PartnerErrorResult From(InstallationRejection rejection) =>
        rejection switch
        {
            InstallationRejection.BeingUninstalled => PartnerResults.Conflict(
                "The installation is being uninstalled.",
                new PartnerErrorUser("This integration is being uninstalled. Install it again once that is complete.")),
            InstallationRejection.AlreadyFinalized => PartnerResults.Conflict(
                "The installation is finalized, and its id is never used again.",
                new PartnerErrorUser("This integration was uninstalled. Install it again to go on.")),
            InstallationRejection.TeamHasAnother another => PartnerResults.Conflict(
                $"The team {another.Team} has an active installation already: {another.Active}.",
                new PartnerErrorUser("Your team has installed this integration already. Use that installation, or uninstall it first.")),
            InstallationRejection.ResourcesRemain remain => PartnerResults.Conflict(
                $"The installation has {remain.Count} resources, which end with it: delete them first, or send cascadeResourceDeletion.",
                new PartnerErrorUser("This integration still has resources. Delete them first, then uninstall it.")),
            InstallationRejection.BilledPerResource => PartnerResults.Conflict(
                "This installation has no billing plan of its own: each of its resources has one."),
            InstallationRejection.NotBeingUninstalled => PartnerResults.Conflict("The installation is in use."),
            _ => throw new UnreachableException(rejection.GetType().Name),
        };

    public static PartnerErrorResult Unknown(InstallationId id) =>
        PartnerResults.NotFound($"There is no installation {id}.");
}
