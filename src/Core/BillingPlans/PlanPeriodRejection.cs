namespace Marketplace.Core.BillingPlans;

/// <summary>Why a plan cannot be opened, changed or closed. Nothing has changed.</summary>
public abstract record PlanPeriodRejection
{
    private PlanPeriodRejection() { }

    /// <summary>What happened before is billed, or will be: history is not rewritten.</summary>
    public sealed record BeforeLatestChange(DateTimeOffset LatestChangeAt) : PlanPeriodRejection;

    /// <summary>The last plan has ended: what is gone has no other, unless it returns.</summary>
    public sealed record AlreadyClosed(DateTimeOffset ClosedAt) : PlanPeriodRejection;
}
