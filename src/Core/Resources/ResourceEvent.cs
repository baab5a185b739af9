using LanguageExt;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Notifications;
using Marketplace.Core.Products;

namespace Marketplace.Core.Resources;

/// <summary>What happened to a resource.</summary>
public abstract record ResourceEvent(ResourceId Id, DateTimeOffset At)
{
    public sealed record ProvisioningRequested(ResourceId Id, ProductId Product, Option<PlanId> Plan, DateTimeOffset At)
        : ResourceEvent(Id, At);

    /// <summary>Something that is there already is to be shown at Vercel.</summary>
    public sealed record ImportRequested(ResourceId Id, ProductId Product, ResourceOwnership Ownership, DateTimeOffset At)
        : ResourceEvent(Id, At);

    public sealed record OnboardingAwaited(ResourceId Id, DateTimeOffset At) : ResourceEvent(Id, At);

    public sealed record Onboarded(ResourceId Id, DateTimeOffset At) : ResourceEvent(Id, At);

    /// <param name="Plan">Its own.</param>
    public sealed record BecameReady(ResourceId Id, ProductId Product, Option<PlanId> Plan, ResourceOwnership Ownership, DateTimeOffset At)
        : ResourceEvent(Id, At);

    public sealed record ProvisioningFailed(ResourceId Id, string Reason, DateTimeOffset At) : ResourceEvent(Id, At);

    /// <summary>The provider says that something does not work.</summary>
    public sealed record FaultReported(ResourceId Id, string Reason, DateTimeOffset At) : ResourceEvent(Id, At);

    public sealed record Recovered(ResourceId Id, DateTimeOffset At) : ResourceEvent(Id, At);

    public sealed record Renamed(ResourceId Id, string From, string To, DateTimeOffset At) : ResourceEvent(Id, At);

    public sealed record MetadataChanged(ResourceId Id, DateTimeOffset At) : ResourceEvent(Id, At);

    public sealed record PlanChanged(ResourceId Id, Option<PlanId> From, PlanId To, DateTimeOffset At)
        : ResourceEvent(Id, At);

    /// <summary>The plan of its installation covers it from now on.</summary>
    /// <param name="From">Its own until then.</param>
    public sealed record CameUnderInstallation(ResourceId Id, PlanId From, DateTimeOffset At) : ResourceEvent(Id, At);

    /// <param name="EffectiveAt">Until then the plan before goes on.</param>
    public sealed record PlanScheduled(ResourceId Id, PlanId Plan, DateTimeOffset EffectiveAt, DateTimeOffset At) : ResourceEvent(Id, At);

    /// <summary>The change that waited does not happen.</summary>
    public sealed record ScheduledPlanWithdrawn(ResourceId Id, PlanId Plan, DateTimeOffset At) : ResourceEvent(Id, At);

    public sealed record OptedInToExperiments(ResourceId Id, string EdgeConfigId, DateTimeOffset At) : ResourceEvent(Id, At);

    /// <summary>A cause began to hold, or has another reason: the first of them took the resource out of service.</summary>
    public sealed record Suspended(ResourceId Id, SuspensionCause Cause, string Reason, DateTimeOffset At) : ResourceEvent(Id, At);

    /// <summary>One cause is gone, and another one still holds.</summary>
    public sealed record SuspensionEased(ResourceId Id, SuspensionCause Cause, DateTimeOffset At) : ResourceEvent(Id, At);

    /// <summary>The last cause is gone.</summary>
    public sealed record Resumed(ResourceId Id, SuspensionCause Cause, DateTimeOffset At) : ResourceEvent(Id, At);

    /// <param name="Notice">None takes back what the source told before.</param>
    public sealed record Notified(ResourceId Id, NoticeSource Source, Option<Notice> Notice, DateTimeOffset At) : ResourceEvent(Id, At);

    public sealed record Uninstalled(ResourceId Id, DateTimeOffset At) : ResourceEvent(Id, At);
}
