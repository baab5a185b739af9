using System.Numerics;

namespace Marketplace.Driver.Load;

/// <summary>
/// Counts durations in buckets that are one sixty-fourth of their value wide, so that a percentile is read to within 1.6 %
/// whatever its size, and adding one costs an increment.
/// </summary>
internal sealed class Latencies
{
    private const int BucketsPerDoubling = 64;
    private const int ExactBelow = 2 * BucketsPerDoubling;
    private const long MicrosecondsMax = 1L << 36;

    private readonly long[] buckets = new long[IndexOf(MicrosecondsMax) + 1];

    public long Count { get; private set; }

    /// <summary>The longest, exactly.</summary>
    public TimeSpan Max { get; private set; }

    public void Add(TimeSpan duration)
    {
        buckets[IndexOf(Math.Clamp((long)duration.TotalMicroseconds, 0, MicrosecondsMax))]++;
        Count++;
        if (duration > Max)
            Max = duration;
    }

    public void Add(Latencies others)
    {
        for (var index = 0; index < buckets.Length; index++)
            buckets[index] += others.buckets[index];
        Count += others.Count;
        if (others.Max > Max)
            Max = others.Max;
    }

    /// <summary>The duration that the given share of all did not exceed; the upper end of its bucket.</summary>
    /// <param name="share">More than zero, and at most one.</param>
    public TimeSpan Percentile(double share)
    {
        var rank = (long)Math.Ceiling(share * Count);
        var seen = 0L;
        for (var index = 0; index < buckets.Length; index++)
        {
            seen += buckets[index];
            if (seen >= rank && seen > 0)
                return TimeSpan.FromMicroseconds(Math.Min(UpperEnd(index), Max.TotalMicroseconds));
        }

        return TimeSpan.Zero;
    }

    private static int IndexOf(long microseconds)
    {
        if (microseconds < ExactBelow)
            return (int)microseconds;
        var doublings = BitOperations.Log2((ulong)microseconds) - BitOperations.Log2(BucketsPerDoubling);
        return (doublings * BucketsPerDoubling) + (int)(microseconds >> doublings);
    }

    private static long UpperEnd(int index)
    {
        if (index < ExactBelow)
            return index;
        var doublings = (index / BucketsPerDoubling) - 1;
        return ((index - (doublings * BucketsPerDoubling) + 1L) << doublings) - 1;
    }
}
