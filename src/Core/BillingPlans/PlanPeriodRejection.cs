using Marketplace.Core.Resources;

namespace Marketplace.Core.BillingPlans;

/// <summary>Why a plan cannot be opened, changed or closed. Nothing has changed.</summary>
public abstract record PlanPeriodRejection
{
    private PlanPeriodRejection() { }

    /// <summary>What happened before is billed, or will be: history is not rewritten.</summary>
    public sealed record BeforeLatestChange(ResourceId Resource, DateTimeOffset LatestChangeAt) : PlanPeriodRejection;

    /// <summary>The last plan has ended, and a resource does not return.</summary>
    public sealed record AlreadyClosed(ResourceId Resource, DateTimeOffset ClosedAt) : PlanPeriodRejection;
}
