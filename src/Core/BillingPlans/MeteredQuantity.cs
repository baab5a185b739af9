using System.Diagnostics;
using LanguageExt;
using Marketplace.Core.Time;
using Marketplace.Core.Usage;

namespace Marketplace.Core.BillingPlans;

/// <summary>How much of a metric falls on one plan.</summary>
/// <remarks>
/// Levels and rates are billed by the hour: a complete hour in which the resource had plans throughout counts once, for the
/// plan that it began under, with the last level known by its end or with the highest rate measured in it. Hours that are cut
/// by the resource's beginning or end are free, so that never more hours are billed than passed. What a counter counted falls
/// on the plan that was active when it was read: it is read at every change of plan.
/// </remarks>
internal sealed class MeteredQuantity
{
    private readonly Seq<BilledPlan> known;
    private readonly TimeRange elapsed;
    private readonly Lazy<List<(HourSlot Hour, PlanId Plan)>> hours;

    /// <param name="known">All plans of the resource, oldest first.</param>
    /// <param name="elapsed">From the beginning of the period to the moment of the report.</param>
    public MeteredQuantity(Seq<BilledPlan> known, TimeRange elapsed)
    {
        (this.known, this.elapsed) = (known, elapsed);
        hours = new(() => Hours(known, elapsed));
    }

    public decimal Of(PlanId plan, MetricKind kind, Readings readings) =>
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
