using System.Diagnostics;
using LanguageExt;
using Marketplace.Core.Time;
using static LanguageExt.Prelude;

namespace Marketplace.Core.Usage;

/// <summary>What the values of a metric come to over a span, by the aggregation that the catalogue names.</summary>
internal static class Aggregates
{
    /// <summary>Of one metric of one resource, for a report: over the parts of a day or of a period in which the resource was here.</summary>
    /// <param name="stayed">Oldest first; nought where it was not here at all.</param>
    public static decimal Reported(Metric metric, MeteredUsage usage, Readings readings, Seq<TimeRange> stayed, DateTimeOffset asOf) =>
        metric.Aggregation switch
        {
            Aggregation.Last => stayed.LastOrNone().Bind(range => readings.LevelAt(range.End)).IfNone(0m),
            Aggregation.Sum => stayed.Sum(range => readings.Consumed(range) + usage.Amount(metric.Id, range, asOf)),
            Aggregation.Max => Highest(stayed.Bind(range => Peak(metric, readings, range).ToSeq())),
            Aggregation.Average => Mean(stayed.Bind(range => readings.Average(range).Map(value => (value, range.Duration)).ToSeq())),
            Aggregation.Percentile rank => rank.Of(stayed.Bind(range => HourlyPeaks(metric, readings, range)).Strict()),
            _ => throw new UnreachableException(metric.Aggregation.GetType().Name),
        };

    /// <summary>What one complete hour counts, of a level or a rate that is billed by the hour.</summary>
    public static decimal OfHour(Metric metric, Readings readings, HourSlot hour) =>
        metric.Aggregation switch
        {
            Aggregation.Last => readings.LevelAt(hour.End).IfNone(0m),
            Aggregation.Average => readings.Average(hour.Range).IfNone(0m),
            Aggregation.Max or Aggregation.Percentile => Peak(metric, readings, hour.Range).IfNone(0m),
            _ => throw new UnreachableException($"{metric.Id} is not billed by the hour: {metric.Aggregation.GetType().Name}"),
        };

    /// <summary>A level stands until another is read; a rate is known of the moments alone at which it was read.</summary>
    private static Option<decimal> Peak(Metric metric, Readings readings, TimeRange range) =>
        metric.Kind == MetricKind.Total ? readings.HighestLevel(range) : readings.Peak(range);

    /// <summary>Of each hour as far as it lies in the range; an hour in which nothing is known counts nought.</summary>
    private static Seq<decimal> HourlyPeaks(Metric metric, Readings readings, TimeRange range) =>
        HourSlot.Overlapping(range)
            .SelectMany(hour => hour.Range.Intersect(range).ToSeq())
            .Select(part => Peak(metric, readings, part).IfNone(0m))
            .ToSeq()
            .Strict();

    private static decimal Highest(Seq<decimal> values) => values.Fold(0m, Math.Max);

    /// <summary>Each value for its time.</summary>
    private static decimal Mean(Seq<(decimal Value, TimeSpan Time)> parts)
    {
        if (parts.IsEmpty)
        {
            return 0m;
        }

        var mean = parts.Sum(part => part.Value * part.Time.Ticks) / parts.Sum(part => part.Time.Ticks);
        return Math.Clamp(Math.Round(mean, 9), parts.Map(part => part.Value).Min(), parts.Map(part => part.Value).Max());
    }
}
