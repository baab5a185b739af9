using FsCheck;
using FsCheck.Fluent;
using LanguageExt;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Time;
using Marketplace.Core.Usage;
using Marketplace.Properties.BillingPlans;
using Marketplace.Properties.Time;
using Xunit;

namespace Marketplace.Properties.Usage;

public sealed class UsageSubmissionLaws
{
    private sealed record Submitted(BillingStory Story, BillingAnchor Anchor, Lifetime Life, HourSlot Slot)
    {
        public UsageSubmission Report => ReportOf(Prelude.Seq1(Story.Resource));

        public UsageSubmission ReportOf(Seq<BilledResource> resources) =>
            UsageSubmission.For(AnyUsageSlot.Installation, Slot, Life, Anchor, BilledInstallation.PerResource(resources));
    }

    private static readonly Gen<Submitted> Any =
        from story in AnyBilling.Story
        from anchor in AnyTime.Anchor
        from moment in AnyTime.In(story.Period.Range)
        from ends in Gen.Elements(true, false)
        from minutes in Gen.Choose(1, 200)
        let slot = HourSlot.Of(moment)
        select new Submitted(
            story, anchor,
            ends
                ? new Lifetime(story.Period.Start.AddDays(-30), slot.Start.AddMinutes(minutes))
                : Lifetime.Since(story.Period.Start.AddDays(-30)),
            slot);

    [Fact]
    public void Eod_and_date_of_a_report_lie_where_Vercel_wants_them_at_the_moment_it_is_due() =>
        Law.Holds(Any, given =>
        {
            var (report, due) = (given.Report, given.Slot.DueAt(given.Life));
            return report.Period.Contains(report.Eod)
                && report.Eod >= due.AddHours(-24) && report.Period.End >= due.AddHours(-24)
                && due <= report.SendableUntil && report.SendableUntil == report.Eod.AddHours(24)
                && report.Period.Contains(given.Slot.Start) && report.Timestamp == due;
        });

    [Fact]
    public void The_last_hour_of_a_period_reports_the_closed_period() =>
        Law.Holds(Any, given =>
        {
            var period = BillingPeriod.Containing(given.Slot.Start, given.Anchor);
            var last = given with
            {
                Slot = HourSlot.LastCompleteAt(period.End),
                Life = Lifetime.Since(given.Life.Start),
            };
            var report = last.Report;
            return report.Period == period && report.Timestamp == period.End
                && report.Billing.Lines == BillingLines.For(period, DateTimeOffset.MaxValue, BilledInstallation.PerResource(Prelude.Seq1(given.Story.Resource)))
                && report.Eod == period.End.AddSeconds(-1);
        });

    [Fact]
    public void A_later_report_of_a_period_has_a_later_date_and_says_no_less() =>
        Law.Holds(
            from given in Any from hours in Gen.Choose(1, 100) select (given, hours),
            given =>
            {
                var running = given.given with { Life = Lifetime.Since(given.given.Life.Start) };
                var early = running.Report;
                var late = (running with { Slot = HourSlot.Of(early.Slot.Start.AddHours(given.hours)) }).Report;
                return early.Period != late.Period
                    || (early.Timestamp < late.Timestamp
                        && early.Billing.Lines
                            .Filter(item => running.Story.OnlyGrows(item.Plan))
                            .ForAll(item => Total(early, item) <= Total(late, item)));
            });

    [Fact]
    public void The_order_of_the_resources_makes_no_difference() =>
        Law.Holds(
            from given in Any
            from stories in AnyBilling.Stories
            from shuffled in Gen.Shuffle(stories.Stories)
            select (given, One: Resources(stories.Stories), Other: Resources(shuffled)),
            given => given.given.ReportOf(given.One) == given.given.ReportOf(given.Other));

    [Fact]
    public void The_end_of_a_month_at_the_end_of_a_year()
    {
        var report = ReportAt("2026-12-31T23:00:00Z", BillingAnchor.CalendarMonth);
        Assert.Equal(At("2026-12-01T00:00:00Z"), report.Period.Start);
        Assert.Equal(At("2027-01-01T00:00:00Z"), report.Period.End);
        Assert.Equal(At("2026-12-31T23:59:59Z"), report.Eod);
        Assert.Equal(At("2027-01-01T00:00:00Z"), report.Timestamp);
        Assert.Equal(At("2027-01-01T23:59:59Z"), report.SendableUntil);

        var next = ReportAt("2027-01-01T00:00:00Z", BillingAnchor.CalendarMonth);
        Assert.Equal(At("2027-01-01T00:00:00Z"), next.Period.Start);
        Assert.Equal(At("2027-01-01T23:59:59Z"), next.Eod);
    }

    [Fact]
    public void A_day_that_two_periods_share_ends_for_the_first_with_that_period()
    {
        var anchor = BillingAnchor.Of(15, 10).IfNone(BillingAnchor.CalendarMonth);
        Assert.Equal(At("2027-01-15T09:59:59Z"), ReportAt("2027-01-15T09:00:00Z", anchor).Eod);
        Assert.Equal(At("2027-01-15T23:59:59Z"), ReportAt("2027-01-15T10:00:00Z", anchor).Eod);
    }

    [Theory]
    // The end of February, with and without a leap day.
    [InlineData(1, 0, "2027-02-28T23:00", "2027-02-01T00:00", "2027-03-01T00:00", "2027-02-28T23:59:59")]
    [InlineData(1, 0, "2028-02-28T23:00", "2028-02-01T00:00", "2028-03-01T00:00", "2028-02-28T23:59:59")]
    [InlineData(1, 0, "2028-02-29T23:00", "2028-02-01T00:00", "2028-03-01T00:00", "2028-02-29T23:59:59")]
    // Installed on a 29th: February has none, but for leap years.
    [InlineData(29, 0, "2027-02-27T23:00", "2027-01-29T00:00", "2027-02-28T00:00", "2027-02-27T23:59:59")]
    [InlineData(29, 0, "2028-02-28T23:00", "2028-01-29T00:00", "2028-02-29T00:00", "2028-02-28T23:59:59")]
    // On a 30th, at noon: the day belongs to both periods.
    [InlineData(30, 12, "2028-02-29T11:00", "2028-01-30T12:00", "2028-02-29T12:00", "2028-02-29T11:59:59")]
    [InlineData(30, 12, "2028-02-29T12:00", "2028-02-29T12:00", "2028-03-30T12:00", "2028-02-29T23:59:59")]
    // On a 31st: short months end on their last day, and the 31st comes back.
    [InlineData(31, 12, "2027-02-28T11:00", "2027-01-31T12:00", "2027-02-28T12:00", "2027-02-28T11:59:59")]
    [InlineData(31, 12, "2027-02-28T12:00", "2027-02-28T12:00", "2027-03-31T12:00", "2027-02-28T23:59:59")]
    [InlineData(31, 0, "2027-04-30T00:00", "2027-04-30T00:00", "2027-05-31T00:00", "2027-04-30T23:59:59")]
    // Over the end of a year, an hour before it is over.
    [InlineData(31, 23, "2026-12-31T22:00", "2026-11-30T23:00", "2026-12-31T23:00", "2026-12-31T22:59:59")]
    [InlineData(31, 23, "2026-12-31T23:00", "2026-12-31T23:00", "2027-01-31T23:00", "2026-12-31T23:59:59")]
    public void Period_and_end_of_day_of_an_hour_at_the_edges_of_the_calendar(
        int day, int hour, string slot, string start, string end, string eod)
    {
        var report = ReportAt($"{slot}Z", BillingAnchor.Of(day, hour).IfNone(BillingAnchor.CalendarMonth));
        Assert.Equal((At($"{start}Z"), At($"{end}Z"), At($"{eod}Z")), (report.Period.Start, report.Period.End, report.Eod));
    }

    private static UsageSubmission ReportAt(string slot, BillingAnchor anchor) => UsageSubmission.For(
        AnyUsageSlot.Installation, HourSlot.Of(At(slot)), Lifetime.Since(At("2026-11-05T12:00:00Z")), anchor,
        BilledInstallation.PerResource(LanguageExt.Seq<BilledResource>.Empty));

    private static Seq<BilledResource> Resources(BillingStory[] stories) =>
        stories.Select(story => story.Resource).ToSeq().Strict();

    private static decimal Total(UsageSubmission report, BillingLine like) =>
        report.Billing.Lines.Filter(item => item.Plan == like.Plan).Sum(item => item.Total.Amount);

    private static DateTimeOffset At(string moment) => DateTimeOffset.Parse(moment);
}
