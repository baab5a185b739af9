using System.Diagnostics;
using LanguageExt;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Resources;
using Marketplace.Core.Time;
using static LanguageExt.Prelude;

namespace Marketplace.Core.Usage;

/// <summary>Usage of one metric of one resource: running totals, never increments. Source: contract §D.7, <c>usage[]</c>.</summary>
/// <param name="DayValue">For the day up to the moment of the report, in the metric's units, not negative.</param>
/// <param name="PeriodValue">For the billing period up to the moment of the report; likewise.</param>
public sealed record MetricUsage(ResourceId Resource, Metric Metric, decimal DayValue, decimal PeriodValue)
{
    /// <summary>
    /// The usage of each metric that has been measured, in the order of the catalogue. The same measurements give the same
    /// report in any order and any number.
    /// </summary>
    /// <param name="day">Shares time with the period.</param>
    /// <param name="asOf">What was measured later is left out.</param>
    public static Seq<MetricUsage> Of(BilledResource resource, BillingPeriod period, UsageDay day, DateTimeOffset asOf)
    {
        var lived = resource.Life.Within(period.Range);
        var livedToday = lived.Bind(range => range.Intersect(day.Range));
        return resource.Metrics
            .Map(metric => (Metric: metric, Readings: Readings.Of(metric.Id, resource.Measurements, asOf)))
            .Filter(known => lived.IsSome && !known.Readings.IsEmpty)
            .Map(known => new MetricUsage(
                resource.Id,
                known.Metric,
                livedToday.Match(range => Value(known.Metric.Kind, known.Readings, range), () => 0m),
                lived.Match(range => Value(known.Metric.Kind, known.Readings, range), () => 0m)))
            .Strict();
    }

    private static decimal Value(MetricKind kind, Readings readings, TimeRange range) =>
        kind switch
        {
            MetricKind.Total => readings.LevelAt(range.End).IfNone(0m),
            MetricKind.Interval => readings.Consumed(range),
            MetricKind.Rate => readings.Peak(range).IfNone(0m),
            _ => throw new UnreachableException(kind.ToString()),
        };
}
