using LanguageExt;
using static LanguageExt.Prelude;

namespace Marketplace.Core.Time;

/// <summary>A half-open span of time in UTC, <c>[Start, End)</c>, that is billed as one. Start is before End.</summary>
public readonly record struct BillingPeriod(DateTimeOffset Start, DateTimeOffset End)
{
    public TimeRange Range => new(Start, End);

    /// <summary>The last moment, to the second, that both a half-open and a closed reading put inside the period.</summary>
    public DateTimeOffset LastSecond => End.AddSeconds(-1);

    /// <summary>The calendar month, in UTC, that contains the moment.</summary>
    public static BillingPeriod MonthOf(DateTimeOffset moment) => Containing(moment, BillingAnchor.CalendarMonth);

    /// <summary>The one period of the anchor that contains the moment.</summary>
    public static BillingPeriod Containing(DateTimeOffset moment, BillingAnchor anchor)
    {
        var month = new DateTime(moment.UtcDateTime.Year, moment.UtcDateTime.Month, 1);
        if (moment < anchor.In(month.Year, month.Month))
        {
            month = month.AddMonths(-1);
        }

        var next = month.AddMonths(1);
        return new BillingPeriod(anchor.In(month.Year, month.Month), anchor.In(next.Year, next.Month));
    }

    /// <summary>The periods that share time with the range, oldest first.</summary>
    public static Seq<BillingPeriod> Overlapping(TimeRange range, BillingAnchor anchor)
    {
        var periods = LanguageExt.Seq<BillingPeriod>.Empty;
        for (var period = Containing(range.Start, anchor);
             period.Start < range.End;
             period = Containing(period.End, anchor))
        {
            periods = periods.Add(period);
        }

        return periods;
    }

    /// <summary>How many periods of the same anchor have begun since the moment, the one that contains it not counted: none within it.</summary>
    /// <param name="moment">Not after the end.</param>
    public int PeriodsSince(DateTimeOffset moment)
    {
        // Each month has one beginning.
        var first = Containing(moment, BillingAnchor.Of(this)).Start.UtcDateTime;
        return ((Start.UtcDateTime.Year - first.Year) * 12) + Start.UtcDateTime.Month - first.Month;
    }

    public bool Contains(DateTimeOffset moment) => Start <= moment && moment < End;
}
