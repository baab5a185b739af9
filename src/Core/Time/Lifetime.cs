using LanguageExt;
using static LanguageExt.Prelude;

namespace Marketplace.Core.Time;

/// <summary>The half-open span <c>[Start, End)</c> in which something existed; still running when End is absent.</summary>
/// <param name="End">Not before Start; at Start, it never existed for any time.</param>
public readonly record struct Lifetime(DateTimeOffset Start, Option<DateTimeOffset> End)
{
    public static Lifetime Since(DateTimeOffset start) => new(start, None);

    public bool Contains(DateTimeOffset moment) => Start <= moment && End.ForAll(end => moment < end);

    /// <summary>The part inside a range; none when there is no time in it.</summary>
    public Option<TimeRange> Within(TimeRange range) =>
        TimeRange.Between(
            Start > range.Start ? Start : range.Start,
            End.Match(Some: end => end < range.End ? end : range.End, None: () => range.End));

    /// <summary>The life as one could know it at the moment: an end that lies ahead is not known yet.</summary>
    public Lifetime AsOf(DateTimeOffset moment) =>
        End.Exists(end => end > moment) ? new Lifetime(Start, None) : this;

    /// <summary>What of it comes after the moment; nothing of it where it was over by then.</summary>
    public Lifetime From(DateTimeOffset moment) => moment <= Start ? this : new Lifetime(NoLaterThan(moment), End);

    /// <summary>The moment, or the end if that came first.</summary>
    public DateTimeOffset NoLaterThan(DateTimeOffset moment) =>
        End.Match(Some: end => end < moment ? end : moment, None: () => moment);
}
