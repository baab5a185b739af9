using Marketplace.Core.BillingPlans;
using Marketplace.Shell.Http;

namespace Marketplace.Shell.Resources;

/// <summary>Why a plan cannot be chosen for a resource, at its birth or later.</summary>
internal static class PlanProblem
{
    public static PartnerErrorResult Disabled(PlanId plan) =>
        PartnerResults.Conflict(
            $"The plan {plan} cannot be chosen now.", new PartnerErrorUser(Reason(new PlanHindrance.NotSold())));

    public static PartnerErrorResult Full(PlanId plan, int resourcesMax) =>
        PartnerResults.Conflict(
            $"The plan {plan} allows {resourcesMax} resources of an installation, and there are as many.",
            new PartnerErrorUser(Reason(new PlanHindrance.Full(resourcesMax))));

    /// <summary>For the customer: the refusal's sentence, and the one beside a plan that is shown as disabled.</summary>
    public static string Reason(PlanHindrance hindrance) =>
        hindrance switch
        {
            PlanHindrance.NotSold => "This plan is not available at the moment. Choose another one.",
            PlanHindrance.Full full =>
                $"You have reached the limit of {full.ResourcesMax} on this plan. Choose another plan, or delete one first.",
            _ => throw new System.Diagnostics.UnreachableException(hindrance.GetType().Name),
        };
}
