using System.Diagnostics;
using LanguageExt;
using Marketplace.Core.BillingPlans;

namespace Marketplace.Core.Resources;

/// <summary>
/// A resource and its spans once the plan that waited for its time has begun: at that instant, whenever somebody gets to it. Whoever decides
/// on a resource settles it first.
/// </summary>
public sealed record SettledPlan(Transition<Resource, ResourceEvent> Resource, PlanPeriods Plans)
{
    /// <summary>The same as before where nothing waits, or not until now.</summary>
    public static Either<PlanPeriodRejection, SettledPlan> Of(Resource current, PlanPeriods plans, DateTimeOffset now)
    {
        var begun = Begun(current, now);
        return begun.Events.OfType<ResourceEvent.PlanChanged>().HeadOrNone()
            .Bind(changed => begun.Next.Facts.Terms.Map(terms => plans.Change(terms, changed.At)))
            .Match(changed => changed, () => plans)
            .Map(followed => new SettledPlan(begun, followed));
    }

    /// <summary>The resource alone.</summary>
    public static Transition<Resource, ResourceEvent> Begun(Resource current, DateTimeOffset now) =>
        ResourceTransitions.Apply(current, new ResourceCommand.BeginNextPlan(), now).IfLeft(rejection => rejection switch
        {
            ResourceRejection.NextPlanNotDue => new Transition<Resource, ResourceEvent>(current, Seq<ResourceEvent>.Empty),
            _ => throw new UnreachableException($"A plan whose time has come is never refused, but was: {rejection.GetType().Name}"),
        });
}
