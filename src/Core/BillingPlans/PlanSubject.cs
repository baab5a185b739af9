using LanguageExt;
using Marketplace.Core.Resources;

namespace Marketplace.Core.BillingPlans;

/// <summary>What has a plan, and is billed by it. Source: contract §C.1 <c>scope</c>, §D.7 <c>resourceId</c>.</summary>
public abstract record PlanSubject
{
    /// <summary>The installation with all its resources that have no plan of their own.</summary>
    public static readonly PlanSubject WholeInstallation = new Installation();

    private PlanSubject() { }

    /// <summary>One resource, by a plan of its own.</summary>
    public sealed record Resource(ResourceId Id) : PlanSubject
    {
        public override string ToString() => Id.Value;
    }

    /// <summary>See <see cref="WholeInstallation"/>: there is one in each account.</summary>
    public sealed record Installation : PlanSubject
    {
        public override string ToString() => "the installation";
    }

    /// <summary>None for the installation as a whole.</summary>
    public Option<ResourceId> Single => this is Resource one ? one.Id : Option<ResourceId>.None;

    public static PlanSubject Of(ResourceId resource) => new Resource(resource);
}
