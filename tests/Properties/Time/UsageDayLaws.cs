using FsCheck.Fluent;
using Marketplace.Core.Time;
using Xunit;

namespace Marketplace.Properties.Time;

public sealed class UsageDayLaws
{
    [Fact]
    public void Days_tile_time() =>
        Law.Holds(
            AnyTime.MomentElsewhere,
            moment => UsageDay.Of(moment) is var day
                && day.Range.Contains(moment) && day.Start.UtcDateTime.TimeOfDay == TimeSpan.Zero
                && UsageDay.Of(day.End).Start == day.End);

    [Fact]
    public void The_end_of_a_day_lies_in_the_day_and_in_the_period() =>
        Law.Holds(
            from moment in AnyTime.Moment from anchor in AnyTime.Anchor select (moment, anchor),
            given =>
            {
                var period = BillingPeriod.Containing(given.moment, given.anchor);
                var day = UsageDay.Of(given.moment);
                var eod = day.Eod(period);
                return period.Contains(eod) && day.Range.Contains(eod) && given.moment < eod.AddSeconds(1);
            });

    [Theory]
    [InlineData(1, 0, "2027-01-31T23:30:00Z", "2027-01-31T23:59:59Z")]
    [InlineData(1, 0, "2024-02-29T00:00:00Z", "2024-02-29T23:59:59Z")]
    [InlineData(1, 0, "2026-12-31T12:00:00Z", "2026-12-31T23:59:59Z")]
    // The period ends on the 15th at 10:00, in the middle of the day.
    [InlineData(15, 10, "2027-01-15T09:59:59Z", "2027-01-15T09:59:59Z")]
    [InlineData(15, 10, "2027-01-15T10:00:00Z", "2027-01-15T23:59:59Z")]
    public void The_end_of_a_day_is_its_last_second_or_its_periods(int day, int hour, string moment, string eod)
    {
        var anchor = BillingAnchor.Of(day, hour).IfNone(BillingAnchor.CalendarMonth);
        var at = DateTimeOffset.Parse(moment);
        Assert.Equal(
            DateTimeOffset.Parse(eod), UsageDay.Of(at).Eod(BillingPeriod.Containing(at, anchor)));
    }
}
