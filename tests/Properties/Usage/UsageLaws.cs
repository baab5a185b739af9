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

public sealed class UsageLaws
{
    [Fact]
    public void Any_order_and_any_repetition_of_the_measurements_gives_the_same_report() =>
        Law.Holds(
            from story in AnyBilling.Story
            from day in AnyTime.In(story.Elapsed)
            from repeated in Gen.SubListOf(story.Measurements.ToArray())
            from shuffled in Gen.Shuffle(story.Measurements.Concat(repeated).ToArray())
            select (story, day, shuffled: shuffled.ToSeq().Strict()),
            given => Report(given.story, given.day) ==
                MetricUsage.Of(
                    given.story.ResourceOf(given.shuffled), given.story.Period, UsageDay.Of(given.day), given.story.AsOf));

    [Fact]
    public void What_is_measured_later_does_not_change_a_report() =>
        Law.Holds(
            from story in AnyBilling.Story from day in AnyTime.In(story.Elapsed) select (story, day),
            given => Report(given.story, given.day) ==
                MetricUsage.Of(
                    given.story.ResourceOf(given.story.Measurements
                        .Filter(measurement => measurement.MeasuredAt <= given.story.AsOf).Strict()),
                    given.story.Period,
                    UsageDay.Of(given.day),
                    given.story.AsOf));

    [Fact]
    public void Usage_is_never_negative_and_a_day_never_exceeds_its_period_but_for_levels() =>
        Law.Holds(
            from story in AnyBilling.Story from day in AnyTime.In(story.Elapsed) select (story, day),
            given => Report(given.story, given.day).ForAll(usage =>
                usage.DayValue >= 0m && usage.PeriodValue >= 0m
                && (usage.Metric.Kind == MetricKind.Total || usage.DayValue <= usage.PeriodValue)));

    [Fact]
    public void What_is_consumed_in_a_period_is_what_is_consumed_on_its_days() =>
        Law.Holds(
            AnyBilling.Story,
            story =>
            {
                var days = Days(story.Elapsed).Select(day => MetricUsage.Of(story.Resource, story.Period, day, story.AsOf));
                var summed = days.SelectMany(report => report).Where(usage => usage.Metric == AnyBilling.Queries)
                    .Sum(usage => usage.DayValue);
                return PeriodValue(story, AnyBilling.Queries) == summed;
            });

    /// <summary>Each day is what the report at its end says, and the last one what the report of the moment says.</summary>
    [Fact]
    public void Day_by_day_a_period_is_what_was_reported_at_the_end_of_each_day() =>
        Law.Holds(
            AnyBilling.Story,
            story =>
            {
                var installation = BilledInstallation.PerResource(Prelude.Seq1(story.Resource));
                var daily = DailyUsage.Of(installation, story.Period, story.AsOf);
                var days = Days(story.Elapsed).ToList();
                if (days.Count == 0)
                {
                    Assert.Empty(daily);
                    return;
                }

                Assert.Equal(MetricUsage.Of(installation, story.Period, days[^1], story.AsOf).Map(usage => (usage.Subject, usage.Metric)), daily.Map(one => (one.Subject, one.Metric)));
                Assert.All(daily, one => Assert.Equal(days, one.Days.Select(day => day.Day)));
                Assert.All(daily, one => Assert.All(one.Days, on =>
                {
                    var at = on.Day.End < story.Elapsed.End ? on.Day.End : story.Elapsed.End;
                    var told = MetricUsage.Of(installation, story.Period, on.Day, at).Find(usage => usage.Subject == one.Subject && usage.Metric == one.Metric);
                    Assert.Equal(told.Match(usage => (usage.DayValue, usage.PeriodValue), () => (0m, 0m)), (on.DayValue, on.PeriodValue));
                }));
                Assert.All(
                    daily.Filter(one => one.Metric.Kind == MetricKind.Interval),
                    one => Assert.Equal(one.Days.Last.PeriodValue, one.Days.Sum(day => day.DayValue)));
            });

    [Fact]
    public void The_highest_rate_of_a_period_is_that_of_its_highest_day() =>
        Law.Holds(
            AnyBilling.Story,
            story =>
            {
                var days = Days(story.Elapsed).Select(day => MetricUsage.Of(story.Resource, story.Period, day, story.AsOf));
                var highest = days.SelectMany(report => report).Where(usage => usage.Metric == AnyBilling.Load)
                    .Select(usage => usage.DayValue).DefaultIfEmpty(0m).Max();
                return PeriodValue(story, AnyBilling.Load) == highest;
            });

    [Fact]
    public void Running_totals_of_what_is_consumed_never_shrink() =>
        Law.Holds(
            from story in AnyBilling.Story from earlier in AnyTime.In(story.Elapsed) select (story, earlier),
            given => PeriodValue(given.story with { AsOf = given.earlier }, AnyBilling.Queries)
                <= PeriodValue(given.story, AnyBilling.Queries));

    [Fact]
    public void A_counter_read_in_two_parts_counted_what_it_counted_in_one() =>
        Law.Holds(
            from story in AnyBilling.Story from middle in AnyTime.In(story.Period.Range) select (story, middle),
            given =>
            {
                var readings = Readings.Of(AnyBilling.Queries.Id, given.story.Measurements, DateTimeOffset.MaxValue);
                return readings.Consumed(given.story.Period.Range) ==
                    readings.Consumed(new TimeRange(given.story.Period.Start, given.middle))
                    + readings.Consumed(new TimeRange(given.middle, given.story.Period.End));
            });

    [Fact]
    public void A_level_is_the_last_value_that_was_read() =>
        Law.Holds(
            from story in AnyBilling.Story from moment in AnyTime.In(story.Period.Range) select (story, moment),
            given =>
            {
                var before = given.story.Measurements
                    .Where(read => read.Metric == AnyBilling.Storage.Id && read.MeasuredAt <= given.moment).ToList();
                var readings = Readings.Of(AnyBilling.Storage.Id, given.story.Measurements, DateTimeOffset.MaxValue);
                return readings.LevelAt(given.moment).Match(
                    Some: level => level == before.Where(read => read.MeasuredAt == before.Max(each => each.MeasuredAt))
                        .Max(read => read.Value),
                    None: () => before.Count == 0);
            });

    private static Seq<MetricUsage> Report(BillingStory story, DateTimeOffset day) =>
        MetricUsage.Of(story.Resource, story.Period, UsageDay.Of(day), story.AsOf);

    private static decimal PeriodValue(BillingStory story, Metric metric) =>
        Report(story, story.Elapsed.Start).Find(usage => usage.Metric == metric).Map(usage => usage.PeriodValue).IfNone(0m);

    private static IEnumerable<UsageDay> Days(TimeRange range)
    {
        for (var day = UsageDay.Of(range.Start); day.Start < range.End; day = UsageDay.Of(day.End))
        {
            yield return day;
        }
    }
}
