using FsCheck;
using FsCheck.Fluent;
using Marketplace.Core.Time;

namespace Marketplace.Properties.Time;

/// <summary>Moments with a taste for edges: full hours, midnights, month ends, leap days; and everything built from them.</summary>
internal static class AnyTime
{
    private static readonly DateTimeOffset Earliest = new(2023, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly DateTimeOffset[] Edges =
    [
        new(2023, 12, 31, 23, 59, 59, TimeSpan.Zero),
        new(2024, 1, 1, 0, 0, 0, TimeSpan.Zero),
        new(2024, 2, 29, 0, 0, 0, TimeSpan.Zero),
        new(2024, 2, 29, 23, 0, 0, TimeSpan.Zero),
        new(2024, 3, 1, 0, 0, 0, TimeSpan.Zero),
        new(2025, 2, 28, 23, 59, 59, TimeSpan.Zero),
        new(2025, 3, 31, 12, 0, 0, TimeSpan.Zero),
        new(2025, 4, 30, 23, 0, 0, TimeSpan.Zero),
        new(2027, 1, 31, 23, 0, 0, TimeSpan.Zero),
    ];

    /// <summary>At offset zero, to the microsecond, within six years.</summary>
    public static readonly Gen<DateTimeOffset> Moment = Gen.Frequency(
        (4, AnyNumber.Between(0, 6L * 365 * 24 * 3600 * 1_000_000).Select(after => Earliest.AddMicroseconds(after))),
        (3, Gen.Choose(0, 6 * 365 * 24).Select(hours => Earliest.AddHours(hours))),
        (1, Gen.Choose(0, 6 * 365).Select(days => Earliest.AddDays(days))),
        (2, MonthEdge),
        (2, Gen.Elements(Edges)));

    /// <summary>A moment as another time zone writes it.</summary>
    public static readonly Gen<DateTimeOffset> MomentElsewhere =
        from moment in Moment
        from quarters in Gen.Choose(-56, 56)
        select moment.ToOffset(TimeSpan.FromMinutes(quarters * 15));

    public static readonly Gen<BillingAnchor> Anchor = Gen.OneOf(
        Gen.Constant(BillingAnchor.CalendarMonth),
        from day in Gen.OneOf(Gen.Choose(1, 31), Gen.Choose(28, 31))
        from hour in Gen.OneOf(Gen.Constant(0), Gen.Choose(0, 23))
        select BillingAnchor.Of(day, hour).IfNone(() => throw new InvalidOperationException("no such anchor")));

    public static readonly Gen<BillingPeriod> Period =
        from moment in Moment from anchor in Anchor select BillingPeriod.Containing(moment, anchor);

    /// <summary>Up to about ten weeks, now and then to the end of a month.</summary>
    public static readonly Gen<TimeRange> Range = Gen.Frequency(
        (4, from start in Moment from length in Length select new TimeRange(start, start + length)),
        (1, from start in Moment from months in Gen.Choose(1, 2)
            select new TimeRange(start, BillingPeriod.MonthOf(start).Start.AddMonths(months))));

    public static readonly Gen<Lifetime> Life = Gen.OneOf(
        Moment.Select(Lifetime.Since),
        Range.Select(range => new Lifetime(range.Start, range.End)));

    /// <summary>A moment in a range or at its edges, the end included.</summary>
    public static Gen<DateTimeOffset> In(TimeRange range) => Gen.Frequency(
        (6, AnyNumber.Between(0, range.Duration.Ticks / 10).Select(microseconds => range.Start.AddMicroseconds(microseconds))),
        (3, Gen.Choose(0, (int)range.Duration.TotalHours).Select(hours => range.Start.AddHours(hours))),
        (1, Gen.Elements(range.Start, range.End)));

    /// <summary>The first moment of a month, the last one before it, and the second around them.</summary>
    private static Gen<DateTimeOffset> MonthEdge =>
        from months in Gen.Choose(1, 70)
        from microseconds in Gen.Elements(-1_000_000, -1, 0, 1)
        select Earliest.AddMonths(months).AddMicroseconds(microseconds);

    private static Gen<TimeSpan> Length => Gen.OneOf(
        AnyNumber.Between(1, 70L * 24 * 3600 * 1_000_000).Select(length => TimeSpan.FromMicroseconds(length)),
        Gen.Choose(1, 70 * 24).Select(hours => TimeSpan.FromHours(hours)));

    /// <summary>The anchor that a period follows: of two months in a row one is long enough to show the day.</summary>
    public static BillingAnchor AnchorOf(BillingPeriod period) =>
        BillingAnchor.Of(Math.Max(period.Start.UtcDateTime.Day, period.End.UtcDateTime.Day), period.Start.UtcDateTime.Hour)
            .IfNone(() => throw new InvalidOperationException("There is always one."));
}
