using LanguageExt;
using Marketplace.Core.Resources;

namespace Marketplace.Core.Usage;

/// <summary>
/// What the readings of one hour come to, so that however many there were they are read as one. A reading tells of the time that led to
/// it: one at the very end of an hour belongs to it, one at the very beginning to the hour before.
/// </summary>
/// <param name="FirstAt">Of the first reading; <paramref name="First"/> is what it was.</param>
/// <param name="LastAt">Of the last reading; at <paramref name="FirstAt"/> when there was only one.</param>
/// <param name="Low">The lowest value.</param>
/// <param name="High">The highest value.</param>
/// <param name="Grown">What a counter counted from the first reading to the last.</param>
/// <param name="Weighted">Each value times the microseconds for which it stood, from the first reading to the last.</param>
public sealed record MeterHour(
    ResourceId Resource, MetricId Metric, DateTimeOffset FirstAt, decimal First, DateTimeOffset LastAt, decimal Last, decimal Low, decimal High,
    decimal Grown, decimal Weighted)
{
    /// <summary>An hour, or a moment, of which one reading is known.</summary>
    public static MeterHour Of(Measurement reading) => new(
        reading.Resource, reading.Metric, reading.MeasuredAt, reading.Value, reading.MeasuredAt, reading.Value, reading.Value, reading.Value,
        0m, 0m);

    /// <summary>What a counter counted between two readings. A value lower than the one before means that it began anew, so that it counts as itself.</summary>
    internal static decimal Growth(decimal before, decimal now) => now < before ? now : now - before;

    /// <summary>The readings of one hour as one; at least one, of the same resource and metric, in any order.</summary>
    public static MeterHour Of(Seq<Measurement> readings)
    {
        var ordered = readings.OrderBy(reading => reading.MeasuredAt).ToSeq().Strict();
        return ordered.Tail.Fold(Of(ordered.Head), (hour, next) => hour with
        {
            LastAt = next.MeasuredAt,
            Last = next.Value,
            Low = Math.Min(hour.Low, next.Value),
            High = Math.Max(hour.High, next.Value),
            Grown = hour.Grown + Growth(hour.Last, next.Value),
            Weighted = hour.Weighted + (hour.Last * Microseconds(hour.LastAt, next.MeasuredAt)),
        });
    }

    internal static decimal Microseconds(DateTimeOffset from, DateTimeOffset to) => (to - from).Ticks / TimeSpan.TicksPerMicrosecond;
}
