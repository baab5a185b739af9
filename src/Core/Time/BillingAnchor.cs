using LanguageExt;
using static LanguageExt.Prelude;

namespace Marketplace.Core.Time;

/// <summary>The day of the month and the full hour, in UTC, at which billing periods begin.</summary>
/// <remarks>
/// A day that a month does not have is that month's last day, and the next longer month has it back. Anchors are full hours, so
/// that each <see cref="HourSlot"/> lies in exactly one period.
/// </remarks>
public sealed record BillingAnchor
{
    /// <summary>Periods are the calendar's months.</summary>
    public static readonly BillingAnchor CalendarMonth = new(1, 0);

    private BillingAnchor(int day, int hour) => (Day, Hour) = (day, hour);

    /// <summary>1 to 31.</summary>
    public int Day { get; }

    /// <summary>0 to 23.</summary>
    public int Hour { get; }

    /// <summary>None when there is no such day or hour.</summary>
    public static Option<BillingAnchor> Of(int day, int hour) =>
        day is >= 1 and <= 31 && hour is >= 0 and <= 23 ? Some(new BillingAnchor(day, hour)) : None;

    /// <summary>The monthly return of a moment, from the hour in which it lies.</summary>
    public static BillingAnchor Anniversary(DateTimeOffset moment) =>
        new(moment.UtcDateTime.Day, moment.UtcDateTime.Hour);

    /// <summary>The anchor that a period follows. Of two months in a row one is long enough to show the day.</summary>
    internal static BillingAnchor Of(BillingPeriod period) =>
        new(Math.Max(period.Start.UtcDateTime.Day, period.End.UtcDateTime.Day), period.Start.UtcDateTime.Hour);

    /// <summary>The one beginning of a period that falls into the month.</summary>
    internal DateTimeOffset In(int year, int month) =>
        new(year, month, Math.Min(Day, DateTime.DaysInMonth(year, month)), Hour, 0, 0, TimeSpan.Zero);
}
