using LanguageExt;
using static LanguageExt.Prelude;

namespace Marketplace.Core.Time;

/// <summary>A half-open span of time, <c>[Start, End)</c>. Start is before End: a span without time is no range at all.</summary>
public readonly record struct TimeRange(DateTimeOffset Start, DateTimeOffset End)
{
    public TimeSpan Duration => End - Start;

    /// <summary>The range between two moments; none when there is no time between them.</summary>
    public static Option<TimeRange> Between(DateTimeOffset start, DateTimeOffset end) =>
        start < end ? Some(new TimeRange(start, end)) : None;

    public bool Contains(DateTimeOffset moment) => Start <= moment && moment < End;

    /// <summary>What both cover; none when they only touch.</summary>
    public Option<TimeRange> Intersect(TimeRange other) =>
        Between(Start > other.Start ? Start : other.Start, End < other.End ? End : other.End);
}
