using LanguageExt;
using static LanguageExt.Prelude;

namespace Marketplace.Core.BillingPlans;

/// <summary>Why a plan cannot be chosen now. Source: contract §C.1, <c>disabled</c>.</summary>
public abstract record PlanHindrance
{
    private PlanHindrance() { }

    /// <summary>The catalogue shows it, and sells it to nobody at the moment.</summary>
    public sealed record NotSold : PlanHindrance;

    /// <summary>It needs a payment method, and the one that there is could not be charged.</summary>
    public sealed record PaymentMissing : PlanHindrance;

    /// <summary>The installation has as many resources on it as it allows.</summary>
    public sealed record Full(int ResourcesMax) : PlanHindrance;

    /// <summary>What is in the way of whoever would choose the plan anew; the most general first.</summary>
    /// <param name="isUnpaid">
    /// Whether an invoice of the installation is <c>notpaid</c> or <c>overdue</c>. The contract knows no other sign of a payment method that is
    /// missing: Vercel itself asks for one, and probes it, before it calls us.
    /// </param>
    /// <param name="isFull">Whether there is no more room, where the plan has a limit.</param>
    public static Option<PlanHindrance> Of(BillingPlan plan, bool isUnpaid, Func<int, bool> isFull) =>
        plan.Display.Disabled ? new NotSold()
        : isUnpaid && plan.NeedsPaymentMethod ? new PaymentMissing()
        : OfRoom(plan, isFull);

    /// <summary>The same for one more on a plan that was chosen before.</summary>
    public static Option<PlanHindrance> OfRoom(BillingPlan plan, Func<int, bool> isFull) =>
        plan.ResourcesMax.Filter(isFull).Map<PlanHindrance>(max => new Full(max));
}
