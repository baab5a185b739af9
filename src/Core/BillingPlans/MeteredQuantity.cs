using System.Diagnostics;
using LanguageExt;
using Marketplace.Core.Resources;
using Marketplace.Core.Time;
using Marketplace.Core.Usage;

namespace Marketplace.Core.BillingPlans;

/// <summary>How much of what one resource used falls on one plan, its own or one that covers it.</summary>
/// <remarks>
/// Levels and rates are billed by the hour: a complete hour in which the resource had plans throughout counts once, for the
/// plan that it began under, with what the metric's aggregation makes of it. Hours that are cut by the resource's beginning or end are
/// free, so that never more hours are billed than passed. A percentile is that of the plan's hours, for their share of the period. What a
/// counter counted falls on the plan that was active when it was read: it is read at every change of plan. An amount falls on the plan of
/// its own moment.
/// </remarks>
internal sealed class MeteredQuantity
{
    private readonly BilledResource resource;
    private readonly Seq<BilledPlan> known;
    private readonly BillingPeriod period;
    private readonly TimeRange elapsed;
    private readonly Lazy<List<(HourSlot Hour, PlanId Plan)>> hours;

    /// <param name="elapsed">From the beginning of the period to the moment of the report.</param>
    public MeteredQuantity(BilledResource resource, BillingPeriod period, TimeRange elapsed)
    {
        (this.resource, known, this.period, this.elapsed) = (resource, Known(resource.Plans, elapsed), period, elapsed);
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
            Some: metric => Of(plan, metric, Readings.Of(id, resource.Usage, elapsed.End)),
            None: () => 0m);

    private decimal Of(PlanId plan, Metric metric, Readings readings) =>
        metric.Aggregation switch
        {
            Aggregation.Sum => known
                .Where(span => span.Plan.Id == plan)
                .SelectMany(span => span.Span.Within(elapsed))
                .Sum(range => readings.Consumed(range) + resource.Usage.Amount(metric.Id, range, elapsed.End)),
            Aggregation.Percentile rank => ForItsShare(rank, HoursUnder(plan).Select(hour => Aggregates.OfHour(metric, readings, hour)).ToSeq().Strict()),
            Aggregation.Last or Aggregation.Average or Aggregation.Max =>
                HoursUnder(plan).Sum(hour => Aggregates.OfHour(metric, readings, hour)),
            _ => throw new UnreachableException(metric.Aggregation.GetType().Name),
        };

    /// <summary>Cut at the sixth decimal, so that the shares of a period never come to more than the whole.</summary>
    private decimal ForItsShare(Aggregation.Percentile rank, Seq<decimal> hourly) =>
        decimal.Floor(rank.Of(hourly) * hourly.Count * TimeSpan.TicksPerHour / period.Range.Duration.Ticks * 1_000_000m) / 1_000_000m;

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
