using LanguageExt;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Notifications;
using Marketplace.Core.Resources;
using Marketplace.Core.Usage;
using static LanguageExt.Prelude;

namespace Marketplace.Core.Transfers;

/// <summary>One resource at the instant at which it changes hands: what the source keeps for its bill, and what the target begins with.</summary>
/// <param name="Begun">What has happened to it at the source before: the plan that waited has begun, if its time had come.</param>
/// <param name="Left">Gone from the source, with what is still to be billed there.</param>
/// <param name="Arrived">The same resource at the target, as old as its time there: anew each time that it comes.</param>
/// <param name="LeftPlans">The source's, ended.</param>
/// <param name="ArrivedPlans">The target's, begun, after those that it had there before: the one of its own, or the target's that covers it.</param>
/// <param name="Readings">
/// Of every meter at the instant, for both: the end of what the source has used, and the base of what the target uses.
/// </param>
public sealed record HandOver(
    Seq<ResourceEvent> Begun, Resource.Uninstalled Left, Resource Arrived, PlanPeriods LeftPlans, PlanPeriods ArrivedPlans, Seq<Measurement> Readings)
{
    /// <summary>Splits a resource. Refused when its plan changed later than the instant, at the source or, the last time, at the target.</summary>
    /// <param name="plans">The source's.</param>
    /// <param name="earlier">The target's, of the times before that it was there.</param>
    /// <param name="covering">The target's plan for all of it, if it has one.</param>
    /// <param name="known">The last measurement of each metric at the source.</param>
    /// <param name="read">What the meters said for this transfer.</param>
    /// <param name="now">The instant: before it all is the source's, from it on all is the target's.</param>
    public static Either<PlanPeriodRejection, HandOver> Of(
        Arrival arrival, PlanPeriods plans, PlanPeriods earlier, Option<PlanId> covering, Seq<Measurement> known, Seq<Measurement> read,
        DateTimeOffset now)
    {
        var readings = Newest((read + known).Filter(one => one.Resource == arrival.Resource.Id)).Map(one => one with { MeasuredAt = now }).Strict();
        return SettledPlan.Of(arrival.Resource, plans, now).Bind(settled =>
        {
            var facts = settled.Resource.Next.Facts;
            var arrived = Staged(
                settled.Resource.Next, facts with { Plan = arrival.Plan, NextPlan = arrival.NextPlan, Notices = Notices.None, CreatedAt = now });
            return settled.Plans.Close(now).Bind(left => (arrived.Facts.Terms | covering.Map(PlanTerms.Of))
                .Match(Some: terms => earlier.Return(terms, now), None: () => Right<PlanPeriodRejection, PlanPeriods>(earlier))
                .Map(begun => new HandOver(settled.Resource.Events, new Resource.Uninstalled(facts, now), arrived, left, begun, readings)));
        });
    }

    /// <summary>
    /// One for each metric. A reading that was stored while the meters were read for the transfer knows more than that: stored after it,
    /// the older one would look like a counter that began anew. Of two at one moment the stored one counts, because it stays.
    /// </summary>
    private static Seq<Measurement> Newest(Seq<Measurement> readings) =>
        readings
            .GroupBy(reading => reading.Metric)
            .Select(same => same.OrderBy(reading => reading.MeasuredAt).Last())
            .OrderBy(reading => reading.Metric.Value, StringComparer.Ordinal)
            .ToSeq()
            .Strict();

    private static Resource Staged(Resource resource, ResourceProfile profile) =>
        resource switch
        {
            Resource.Onboarding => new Resource.Onboarding(profile),
            Resource.Ready => new Resource.Ready(profile),
            Resource.Resumed => new Resource.Resumed(profile),
            _ => throw new System.Diagnostics.UnreachableException($"Not movable, but on its way: {resource.GetType().Name}"),
        };
}
