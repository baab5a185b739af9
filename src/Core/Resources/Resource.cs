using LanguageExt;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Notifications;
using Marketplace.Core.Products;

namespace Marketplace.Core.Resources;

/// <summary>A provisioned product instance, in exactly one of its life stages. Source: contract §C.2, <c>status</c>.</summary>
public abstract record Resource(ResourceId Id)
{
    /// <summary>Asked for; the provisioner has not finished.</summary>
    public sealed record Pending(ResourceProfile Profile) : Resource(Profile.Id);

    /// <summary>Made, but the customer has a step to take at the provider before it works.</summary>
    public sealed record Onboarding(ResourceProfile Profile) : Resource(Profile.Id);

    public sealed record Ready(ResourceProfile Profile) : Resource(Profile.Id);

    /// <summary>Service is really cut: what exists is kept, nobody gets in.</summary>
    /// <param name="Causes">Everything that keeps it so, each with a reason for the customer to read; at least one.</param>
    public sealed record Suspended(ResourceProfile Profile, Map<SuspensionCause, string> Causes) : Resource(Profile.Id)
    {
        /// <summary>All reasons, for the customer to read.</summary>
        public string Reason => string.Join(' ', Causes.Values);
    }

    /// <summary>In service again after a suspension; otherwise the same as ready.</summary>
    public sealed record Resumed(ResourceProfile Profile) : Resource(Profile.Id);

    /// <summary>Provisioning was given up. The reason is for the customer to read.</summary>
    public sealed record Error(ResourceProfile Profile, string Reason) : Resource(Profile.Id);

    /// <summary>Gone from its installation, deleted or handed over to another one, with the last profile kept for what is still to be billed.</summary>
    public sealed record Uninstalled(ResourceProfile Profile, DateTimeOffset UninstalledAt) : Resource(Profile.Id);

    /// <summary>The facts that every stage shares.</summary>
    public ResourceProfile Facts => this switch
    {
        Pending r => r.Profile,
        Onboarding r => r.Profile,
        Ready r => r.Profile,
        Suspended r => r.Profile,
        Resumed r => r.Profile,
        Error r => r.Profile,
        Uninstalled r => r.Profile,
        _ => throw new System.Diagnostics.UnreachableException(GetType().Name),
    };
}

/// <summary>What is true of a resource in every stage.</summary>
/// <param name="Plan">Its billing plan; none when the installation is billed as a whole.</param>
/// <param name="ExternalId">The <c>external-id</c> of a Deploy Button URL, kept as given.</param>
/// <param name="EdgeConfigId">Present when the user opted in to experimentation (contract §E.13).</param>
public sealed record ResourceProfile(
    ResourceId Id,
    ProductId Product,
    string Name,
    Map<string, MetadataValue> Metadata,
    Option<PlanId> Plan,
    Option<string> ExternalId,
    Option<string> EdgeConfigId,
    DateTimeOffset CreatedAt)
{
    /// <summary>The plan that it will have, where the one before runs out first.</summary>
    public Option<NextPlan> NextPlan { get; init; }

    /// <summary>What does not work about it, for the customer to read: the provider says so, and when it is over. It is billed and served all the same.</summary>
    public Option<string> Fault { get; init; }

    /// <summary>What the customer is told beside it while it works. Where it does not, the stage says why.</summary>
    public Notices Notices { get; init; } = Notices.None;

    /// <summary>Where it is not ours it has no plan, neither of its own nor its installation's.</summary>
    public ResourceOwnership Ownership { get; init; } = ResourceOwnership.Ours;

    /// <summary>Whether it was made here, and is billed, changed and taken down here.</summary>
    public bool IsOurs => Ownership is ResourceOwnership.Owned;

    /// <summary>What it is billed by, where it has a plan of its own.</summary>
    public Option<PlanTerms> Terms => Plan.Map(plan => new PlanTerms(plan, Metadata));
}

/// <summary>A change of plan that waits for its time. Source: contract §E.3, <c>effectiveDate</c>.</summary>
public sealed record NextPlan(PlanId Plan, DateTimeOffset EffectiveAt);
