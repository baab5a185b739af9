using System.Diagnostics;
using Marketplace.Core.Resources;
using Marketplace.Shell.Http;
using Marketplace.Shell.Installations;

namespace Marketplace.Shell.Resources;

/// <summary>The one place that gives each refusal of a resource its status, its code and its sentence.</summary>
internal static class ResourceProblem
{
    public static PartnerErrorResult From(ResourceRejection rejection) =>
        rejection switch
        {
            ResourceRejection.AlreadyUninstalled gone => Unknown(gone.Id),
            ResourceRejection.StillProvisioning => PartnerResults.Conflict(
                "The resource is still being provisioned.",
                new PartnerErrorUser("This resource is still being set up. Try again in a moment.")),
            ResourceRejection.ProvisioningHadFailed failed => PartnerResults.Conflict(
                $"The resource was never provisioned: {failed.Reason}",
                new PartnerErrorUser($"This resource could not be set up: {failed.Reason} Delete it and create a new one.")),
            ResourceRejection.NotProvisioning => PartnerResults.Conflict("The resource is not being provisioned."),
            ResourceRejection.CurrentlySuspended => PartnerResults.Conflict(
                "The resource is suspended.",
                new PartnerErrorUser("This resource is suspended. Settle what is open, then try again.")),
            ResourceRejection.NotOurs => PartnerResults.Conflict(
                "The resource was linked, and not made here: its plan, its settings and its credentials are its owner's.",
                new PartnerErrorUser(
                    "This resource is linked to something of your own, which is not managed here. Change it where it is, then import it again.")),
            ResourceRejection.NextPlanNotDue => PartnerResults.Conflict("The next plan of the resource has not begun."),
            ResourceRejection.StatusNotForCustomers status => PartnerResults.Conflict(
                $"The resource is {status.Present}, and that it is {status.Asked} cannot be asked for.", new PartnerErrorUser(Advice(status))),
            ResourceRejection.InstallationRefuses refuses => InstallationProblem.From(refuses.Why),
            ResourceRejection.PlanHindered hindered => PlanProblem.From(hindered.Plan, hindered.By),
            _ => throw new UnreachableException(rejection.GetType().Name),
        };

    private static string Advice(ResourceRejection.StatusNotForCustomers status) =>
        (status.Present, status.Asked) switch
        {
            ("suspended", _) => "This resource is suspended, and comes back when what led to it is settled.",
            (_, "uninstalled") => "Delete this resource instead.",
            _ => "The status of this resource follows from what happens to it, and cannot be set.",
        };

    /// <summary>One that was deleted is as unknown as one that never was.</summary>
    public static PartnerErrorResult Unknown(ResourceId id) => PartnerResults.NotFound($"There is no resource {id}.");
}
