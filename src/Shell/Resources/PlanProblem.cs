using Marketplace.Core.BillingPlans;
using Marketplace.Shell.Http;

namespace Marketplace.Shell.Resources;

/// <summary>Why a plan cannot be chosen for a resource, at its birth or later.</summary>
internal static class PlanProblem
{
    public static PartnerErrorResult From(PlanId plan, PlanHindrance hindrance) =>
        PartnerResults.Conflict(
            hindrance switch
            {
                PlanHindrance.NotSold => $"The plan {plan} cannot be chosen now.",
                PlanHindrance.PaymentMissing => $"The plan {plan} needs a payment method, and an invoice of the installation could not be charged.",
                PlanHindrance.Full full => $"The plan {plan} allows {full.ResourcesMax} resources of an installation, and there are as many.",
                _ => throw new System.Diagnostics.UnreachableException(hindrance.GetType().Name),
            },
            new PartnerErrorUser(Reason(hindrance)));

    /// <summary>For the customer: the refusal's sentence, and the one beside a plan that is shown as disabled.</summary>
    public static string Reason(PlanHindrance hindrance) =>
        hindrance switch
        {
            PlanHindrance.NotSold => "This plan is not available at the moment. Choose another one.",
            PlanHindrance.PaymentMissing =>
                "An invoice could not be charged. Update the payment method of your team on Vercel, or choose a free plan, until it is paid.",
            PlanHindrance.Full full =>
                $"You have reached the limit of {full.ResourcesMax} on this plan. Choose another plan, or delete one first.",
            _ => throw new System.Diagnostics.UnreachableException(hindrance.GetType().Name),
        };
}
