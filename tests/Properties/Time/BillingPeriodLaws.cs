using FsCheck;
using FsCheck.Fluent;
using Marketplace.Core.Time;
using Xunit;

namespace Marketplace.Properties.Time;

public sealed class BillingPeriodLaws
{
    [Fact]
    public void Every_moment_lies_in_its_period() =>
        Law.Holds(
            from moment in AnyTime.MomentElsewhere from anchor in AnyTime.Anchor select (moment, anchor),
            given => BillingPeriod.Containing(given.moment, given.anchor).Contains(given.moment));

    [Fact]
    public void Periods_tile_time_without_gap_or_overlap() =>
        Law.Holds(
            from moment in AnyTime.Moment from anchor in AnyTime.Anchor select (moment, anchor),
            given =>
            {
                var period = BillingPeriod.Containing(given.moment, given.anchor);
                var next = BillingPeriod.Containing(period.End, given.anchor);
                var before = BillingPeriod.Containing(period.Start.AddTicks(-1), given.anchor);
                return next.Start == period.End && before.End == period.Start
                    && BillingPeriod.Containing(period.Start, given.anchor) == period
                    && BillingPeriod.Containing(period.End.AddTicks(-1), given.anchor) == period;
            });

    [Fact]
    public void Periods_are_counted_from_the_one_that_contains_a_moment_whatever_the_anchor() =>
        Law.Holds(
            from moment in AnyTime.Moment from anchor in AnyTime.Anchor from count in Gen.Choose(0, 40) select (moment, anchor, count),
            given =>
            {
                var period = BillingPeriod.Containing(given.moment, given.anchor);
                for (var passed = 0; passed < given.count; passed++)
                    period = BillingPeriod.Containing(period.End, given.anchor);
                return period.PeriodsSince(given.moment) == given.count;
            });

    [Fact]
    public void A_period_begins_on_the_anchors_day_or_the_last_of_a_shorter_month() =>
        Law.Holds(
            from moment in AnyTime.Moment from anchor in AnyTime.Anchor select (moment, anchor),
            given =>
            {
                var start = BillingPeriod.Containing(given.moment, given.anchor).Start;
                var days = DateTime.DaysInMonth(start.Year, start.Month);
                return start.Day == Math.Min(given.anchor.Day, days) && start.Hour == given.anchor.Hour
                    && start.Offset == TimeSpan.Zero && HourSlot.Of(start).Start == start;
            });

    [Fact]
    public void The_periods_of_a_range_cover_it_one_after_the_other() =>
        Law.Holds(
            from range in AnyTime.Range from anchor in AnyTime.Anchor select (range, anchor),
            given =>
            {
                var periods = BillingPeriod.Overlapping(given.range, given.anchor);
                return periods.Head.Contains(given.range.Start)
                    && periods.Last.Contains(given.range.End.AddTicks(-1))
                    && periods.Zip(periods.Tail).ForAll(pair => pair.Item1.End == pair.Item2.Start);
            });

    [Fact]
    public void Every_hour_lies_in_exactly_one_period() =>
        Law.Holds(
            from moment in AnyTime.Moment from anchor in AnyTime.Anchor select (moment, anchor),
            given =>
            {
                var hour = HourSlot.Of(given.moment);
                var period = BillingPeriod.Containing(given.moment, given.anchor);
                return period.Start <= hour.Start && hour.End <= period.End;
            });

    [Fact]
    public void The_last_second_lies_inside_whether_the_end_does_or_not() =>
        Law.Holds(
            AnyTime.Period,
            period => period.Contains(period.LastSecond) && period.End - period.LastSecond == TimeSpan.FromSeconds(1));

    [Fact]
    public void An_anchor_is_refused_where_no_month_has_the_day_or_no_day_the_hour() =>
        Law.Holds(
            from day in Gen.Choose(-5, 40) from hour in Gen.Choose(-5, 30) select (day, hour),
            given => BillingAnchor.Of(given.day, given.hour).IsSome
                == (given.day is > 0 and < 32 && given.hour is >= 0 and < 24));

    [Theory]
    // Installed on January 31st: the short month ends on its last day, and the 31st comes back.
    [InlineData(31, "2027-02-15T00:00:00Z", "2027-01-31T00:00:00Z", "2027-02-28T00:00:00Z")]
    [InlineData(31, "2027-02-28T00:00:00Z", "2027-02-28T00:00:00Z", "2027-03-31T00:00:00Z")]
    [InlineData(31, "2027-04-29T23:59:59Z", "2027-03-31T00:00:00Z", "2027-04-30T00:00:00Z")]
    // A leap day is an anniversary only in leap years.
    [InlineData(29, "2024-02-29T00:00:00Z", "2024-02-29T00:00:00Z", "2024-03-29T00:00:00Z")]
    [InlineData(29, "2025-03-01T00:00:00Z", "2025-02-28T00:00:00Z", "2025-03-29T00:00:00Z")]
    // Over the year's end.
    [InlineData(15, "2027-01-14T23:59:59Z", "2026-12-15T00:00:00Z", "2027-01-15T00:00:00Z")]
    [InlineData(1, "2026-12-31T23:59:59Z", "2026-12-01T00:00:00Z", "2027-01-01T00:00:00Z")]
    public void Anniversaries_fall_on_the_last_day_of_a_shorter_month(int day, string moment, string start, string end)
    {
        var anchor = BillingAnchor.Of(day, 0).IfNone(BillingAnchor.CalendarMonth);
        Assert.Equal(
            new BillingPeriod(DateTimeOffset.Parse(start), DateTimeOffset.Parse(end)),
            BillingPeriod.Containing(DateTimeOffset.Parse(moment), anchor));
    }

    [Fact]
    public void A_month_is_a_month_of_UTC_wherever_the_moment_was_written_down()
    {
        // 20:00 on January 31st in New York is 01:00 on February 1st in UTC.
        var moment = DateTimeOffset.Parse("2027-01-31T20:00:00-05:00");
        Assert.Equal(DateTimeOffset.Parse("2027-02-01T00:00:00Z"), BillingPeriod.MonthOf(moment).Start);
    }
}
