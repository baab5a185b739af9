using System.Diagnostics;
using LanguageExt;
using Marketplace.Core.Time;
using static LanguageExt.Prelude;

namespace Marketplace.Core.Usage;

/// <summary>What is known of one metric of one resource at a moment: its readings in order, one for each moment, or whole hours of them.</summary>
/// <remarks>
/// A reading tells of the time that led to it. So a reading at the very end of a range still belongs to the range, and one at
/// the very beginning belongs to what was before: here ranges are read as <c>(Start, End]</c>, and tile time all the same.
/// </remarks>
public sealed class Readings
{
    /// <summary>Quantities are given with at most nine decimals; a mean of them has no more.</summary>
    private const int MeanDecimals = 9;

    private readonly MeterHour[] ordered;

    private Readings(MeterHour[] ordered) => this.ordered = ordered;

    /// <summary>The readings of a metric up to and including a moment; of two at one moment the higher one counts.</summary>
    /// <param name="measurements">Of one resource, in any order and any number of times.</param>
    public static Readings Of(MetricId metric, Seq<Measurement> measurements, DateTimeOffset asOf) =>
        Of(metric, MeteredUsage.Of(measurements), asOf);

    /// <summary>The same, of hours too.</summary>
    /// <param name="usage">Of one resource.</param>
    public static Readings Of(MetricId metric, MeteredUsage usage, DateTimeOffset asOf) =>
        new([.. usage.Readings
            .Where(reading => reading.Metric == metric && reading.MeasuredAt <= asOf)
            .GroupBy(reading => reading.MeasuredAt.UtcTicks)
            .Select(sameMoment => MeterHour.Of(sameMoment.MaxBy(reading => reading.Value)!))
            .Concat(usage.Hours.Where(hour => hour.Metric == metric && hour.LastAt <= asOf).Distinct())
            .OrderBy(hour => hour.LastAt)]);

    public bool IsEmpty => ordered.Length == 0;

    /// <summary>The last value known at the moment; none before the first reading.</summary>
    public Option<decimal> LevelAt(DateTimeOffset moment)
    {
        var after = FirstAfter(moment);
        return after == 0 ? None : Some(ordered[after - 1].Last);
    }

    /// <summary>What a counter counted in the range: each reading's distance from the one before.</summary>
    /// <remarks>The very first reading counts nothing: it says where the counter stood when measuring began.</remarks>
    public decimal Consumed(TimeRange range)
    {
        var consumed = 0m;
        for (var i = FirstAfter(range.Start); i < ordered.Length && ordered[i].LastAt <= range.End; i++)
        {
            consumed += ordered[i].Grown + (i == 0 ? 0m : MeterHour.Growth(ordered[i - 1].Last, ordered[i].First));
        }

        return consumed;
    }

    /// <summary>The highest value measured in the range; none when nothing was measured in it.</summary>
    public Option<decimal> Peak(TimeRange range)
    {
        var peak = Option<decimal>.None;
        for (var i = FirstAfter(range.Start); i < ordered.Length && ordered[i].LastAt <= range.End; i++)
        {
            var value = ordered[i].High;
            peak = peak.Match(Some: highest => Math.Max(highest, value), None: () => value);
        }

        return peak;
    }

    /// <summary>The highest level that stood in the range, the one that it began with among them; none when none is known.</summary>
    public Option<decimal> HighestLevel(TimeRange range) =>
        LevelAt(range.Start).Match(
            Some: began => Some(Peak(range).Match(Some: peak => Math.Max(began, peak), None: () => began)),
            None: () => Peak(range));

    /// <summary>
    /// The levels that stood in the range, each weighted by its time, from the first that is known; none when none is known before its end.
    /// </summary>
    public Option<decimal> Average(TimeRange range)
    {
        var first = FirstAfter(range.Start);
        var begins = first > 0;
        if (!begins && (first == ordered.Length || ordered[first].FirstAt >= range.End))
        {
            // What was read at the very end stood for no time in it, but it is all that is known.
            return Peak(range);
        }

        var known = begins ? range.Start : ordered[first].FirstAt;
        var (level, since) = (begins ? ordered[first - 1].Last : ordered[first].First, known);
        var (weighted, low, high) = (0m, level, level);
        for (var i = first; i < ordered.Length && ordered[i].LastAt <= range.End; i++)
        {
            var hour = ordered[i];
            weighted += (level * MeterHour.Microseconds(since, hour.FirstAt)) + hour.Weighted;
            (level, since) = (hour.Last, hour.LastAt);
            (low, high) = (Math.Min(low, hour.Low), Math.Max(high, hour.High));
        }

        weighted += level * MeterHour.Microseconds(since, range.End);
        return Math.Clamp(Math.Round(weighted / MeterHour.Microseconds(known, range.End), MeanDecimals), low, high);
    }

    /// <summary>The index of the first that is later than the moment, which is also the number of those that are not.</summary>
    private int FirstAfter(DateTimeOffset moment)
    {
        var (low, high) = (0, ordered.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (ordered[middle].LastAt <= moment)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low == ordered.Length || ordered[low].FirstAt > moment
            ? low
            : throw new UnreachableException($"The hour of {ordered[low].LastAt:O} cannot be read in two parts.");
    }
}
