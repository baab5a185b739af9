namespace Marketplace.Core.BillingPlans;

/// <summary>Why a plan cannot be chosen now. Source: contract §C.1, <c>disabled</c>.</summary>
public abstract record PlanHindrance
{
    private PlanHindrance() { }

    /// <summary>The catalogue shows it, and sells it to nobody at the moment.</summary>
    public sealed record NotSold : PlanHindrance;

    /// <summary>The installation has as many resources on it as it allows.</summary>
    public sealed record Full(int ResourcesMax) : PlanHindrance;
}
