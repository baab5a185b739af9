using System.Diagnostics;
using LanguageExt;
using Marketplace.Core.Resources;
using Marketplace.Core.Time;
using Marketplace.Core.Usage;

namespace Marketplace.Core.BillingPlans;

/// <summary>How much of what one resource used falls on one plan, its own or one that covers it.</summary>
/// <remarks>
/// Levels and rates are billed by the hour: a complete hour in which the resource had plans throughout counts once, for the
/// plan that it began under, with the last level known by its end or with the highest rate measured in it. Hours that are cut
/// by the resource's beginning or end are free, so that never more hours are billed than passed. What a counter counted falls
/// on the plan that was active when it was read: it is read at every change of plan.
/// </remarks>
internal sealed class MeteredQuantity
{
    private readonly BilledResource resource;
    private readonly Seq<BilledPlan> known;
    private readonly TimeRange elapsed;
    private readonly Lazy<List<(HourSlot Hour, PlanId Plan)>> hours;

    /// <param name="elapsed">From the beginning of the period to the moment of the report.</param>
    public MeteredQuantity(BilledResource resource, TimeRange elapsed)
    {
        (this.resource, known, this.elapsed) = (resource, Known(resource.Plans, elapsed), elapsed);
        hours = new(() => Hours(known, elapsed));
    }

    public ResourceId Resource => resource.Id;

    /// <summary>The plans with time in the range, as they are known at its end.</summary>
    public static Seq<BilledPlan> Known(Seq<BilledPlan> plans, TimeRange elapsed) =>
        plans
            .Map(plan => plan with { Span = plan.Span.AsOf(elapsed.End) })
            .Filter(plan => plan.Span.Within(elapsed).IsSome)
            .Strict();

    /// <summary>Zero where the resource does not have the metric.</summary>
    public decimal Of(PlanId plan, MetricId id) =>
        resource.Metrics.Find(metric => metric.Id == id).Match(
            Some: metric => Of(plan, metric.Kind, Readings.Of(id, resource.Measurements, elapsed.End)),
            None: () => 0m);

    private decimal Of(PlanId plan, MetricKind kind, Readings readings) =>
        kind switch
        {
            MetricKind.Total => HoursUnder(plan).Sum(hour => readings.LevelAt(hour.End).IfNone(0m)),
            MetricKind.Rate => HoursUnder(plan).Sum(hour => readings.Peak(hour.Range).IfNone(0m)),
            MetricKind.Interval => known
                .Where(span => span.Plan.Id == plan)
                .SelectMany(span => span.Span.Within(elapsed))
                .Sum(readings.Consumed),
            _ => throw new UnreachableException(kind.ToString()),
        };

    private IEnumerable<HourSlot> HoursUnder(PlanId plan) =>
        hours.Value.Where(counted => counted.Plan == plan).Select(counted => counted.Hour);

    /// <summary>The hours that count, each with the plan that it began under.</summary>
    private static List<(HourSlot Hour, PlanId Plan)> Hours(Seq<BilledPlan> known, TimeRange elapsed)
    {
        var counted = new List<(HourSlot, PlanId)>();
        var spans = known.SelectMany(
            span => span.Span.Within(elapsed), (span, lived) => (span.Plan.Id, lived.Start, lived.End)).ToArray();
        foreach (var hour in HourSlot.Inside(elapsed))
        {
            // Follows the spans from the hour's beginning, as long as each begins where the one before ended.
            var covered = hour.Start;
            PlanId? begunUnder = null;
            foreach (var span in spans)
            {
                if (span.Start <= covered && covered < span.End)
                {
                    begunUnder ??= span.Id;
                    covered = span.End;
                }
            }

            if (covered >= hour.End && begunUnder is { } plan)
            {
                counted.Add((hour, plan));
            }
        }

        return counted;
    }
}
