using LanguageExt;
using Marketplace.Core.Time;
using static LanguageExt.Prelude;

namespace Marketplace.Core.Usage;

/// <summary>What is known of one metric of one resource at a moment: its measurements in order, one for each moment.</summary>
/// <remarks>
/// A reading tells of the time that led to it. So a reading at the very end of a range still belongs to the range, and one at
/// the very beginning belongs to what was before: here ranges are read as <c>(Start, End]</c>, and tile time all the same.
/// </remarks>
public sealed class Readings
{
    private readonly Measurement[] ordered;

    private Readings(Measurement[] ordered) => this.ordered = ordered;

    /// <summary>The readings of a metric up to and including a moment; of two at one moment the higher one counts.</summary>
    /// <param name="measurements">Of one resource, in any order and any number of times.</param>
    public static Readings Of(MetricId metric, Seq<Measurement> measurements, DateTimeOffset asOf) =>
        new([.. measurements
            .Where(measurement => measurement.Metric == metric && measurement.MeasuredAt <= asOf)
            .GroupBy(measurement => measurement.MeasuredAt.UtcTicks)
            .Select(sameMoment => sameMoment.MaxBy(measurement => measurement.Value)!)
            .OrderBy(measurement => measurement.MeasuredAt)]);

    public bool IsEmpty => ordered.Length == 0;

    /// <summary>The last value known at the moment; none before the first reading.</summary>
    public Option<decimal> LevelAt(DateTimeOffset moment)
    {
        var after = FirstAfter(moment);
        return after == 0 ? None : Some(ordered[after - 1].Value);
    }

    /// <summary>What a counter counted in the range: each reading's distance from the one before.</summary>
    /// <remarks>
    /// A value lower than the one before means that the counter began anew, so that it counts as itself. The very first reading
    /// counts nothing: it says where the counter stood when measuring began.
    /// </remarks>
    public decimal Consumed(TimeRange range)
    {
        var consumed = 0m;
        for (var i = Math.Max(1, FirstAfter(range.Start)); i < ordered.Length && ordered[i].MeasuredAt <= range.End; i++)
        {
            var (before, now) = (ordered[i - 1].Value, ordered[i].Value);
            consumed += now < before ? now : now - before;
        }

        return consumed;
    }

    /// <summary>The highest value measured in the range; none when nothing was measured in it.</summary>
    public Option<decimal> Peak(TimeRange range)
    {
        var peak = Option<decimal>.None;
        for (var i = FirstAfter(range.Start); i < ordered.Length && ordered[i].MeasuredAt <= range.End; i++)
        {
            var value = ordered[i].Value;
            peak = peak.Match(Some: highest => Math.Max(highest, value), None: () => value);
        }

        return peak;
    }

    /// <summary>The index of the first reading later than the moment, which is also the number of those that are not.</summary>
    private int FirstAfter(DateTimeOffset moment)
    {
        var (low, high) = (0, ordered.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (ordered[middle].MeasuredAt <= moment)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }
}
