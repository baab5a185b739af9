using Marketplace.Core.BillingPlans;
using Marketplace.Shell.Http;

namespace Marketplace.Shell.Resources;

/// <summary>Why a plan cannot be chosen for a resource, at its birth or later.</summary>
internal static class PlanProblem
{
    public static PartnerErrorResult Disabled(PlanId plan) =>
        PartnerResults.Conflict(
            $"The plan {plan} cannot be chosen now.", new PartnerErrorUser("This plan is not available at the moment. Choose another one."));

    public static PartnerErrorResult Full(PlanId plan, int resourcesMax) =>
        PartnerResults.Conflict(
            $"The plan {plan} allows {resourcesMax} resources of an installation, and there are as many.",
            new PartnerErrorUser($"You have reached the limit of {resourcesMax} on this plan. Choose another plan, or delete one first."));
}
