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

public sealed class ToldDayLaws
{
    private sealed record Reported(BilledInstallation Installation, Lifetime Life, UsageSubmission Report)
    {
        public ToldDay Told => ToldDay.Of(Report, Life, Installation);
    }

    private static readonly Gen<Reported> Any =
        from several in AnyBilling.Stories
        from moment in AnyTime.In(several.Period.Range)
        from anchor in AnyTime.Anchor
        from minutes in Gen.Choose(1, 200)
        from ends in Gen.Elements(true, false)
        let slot = HourSlot.Of(moment)
        let life = ends
            ? new Lifetime(several.Period.Start.AddDays(-30), slot.Start.AddMinutes(minutes))
            : Lifetime.Since(several.Period.Start.AddDays(-30))
        let installation = BilledInstallation.PerResource(several.Stories.Select(story => story.Resource).ToSeq().Strict())
        select new Reported(installation, life, UsageSubmission.For(AnyUsageSlot.Installation, slot, life, anchor, installation));

    [Fact]
    public void A_day_of_a_metric_is_that_of_all_its_resources() =>
        Law.Holds(Any, given =>
            given.Told.Usage.Select(usage => usage.Metric).Distinct().Count() == given.Told.Usage.Count
            && given.Report.Usage.GroupBy(usage => usage.Metric).All(same => given.Told.Usage.Exists(usage =>
                usage.Metric == same.Key
                && usage.DayValue == (same.Key.Kind == MetricKind.Rate ? same.Max(one => one.DayValue) : same.Sum(one => one.DayValue))))
            && given.Told.Usage.ForAll(usage => given.Report.Usage.Exists(one => one.Metric == usage.Metric)));

    [Fact]
    public void What_an_installation_used_as_a_whole_is_told_with_its_resources_and_once() =>
        Law.Holds(
            from story in AnyWholeInstallation.Story from moment in AnyTime.In(story.Elapsed) select (story, slot: HourSlot.Of(moment)),
            given =>
            {
                var life = Lifetime.Since(given.story.Period.Start.AddDays(-30));
                var report = UsageSubmission.For(AnyUsageSlot.Installation, given.slot, life, BillingAnchor.CalendarMonth, given.story.Billed);
                return ToldDay.Of(report, life, given.story.Billed).Usage.Filter(usage => usage.Metric.Kind == MetricKind.Interval).ForAll(usage =>
                    usage.DayValue == report.Usage.Filter(one => one.Subject.Single.IsSome && one.Metric == usage.Metric).Sum(one => one.DayValue));
            });

    [Fact]
    public void What_it_costs_is_what_the_report_bills_until_the_period_or_the_installation_is_over() =>
        Law.Holds(Any, given =>
            given.Told.Total == given.Report.Billing.Total && given.Told.AsOf == given.Report.Timestamp && given.Told.Day == UsageDay.Of(given.Report.Slot.Start)
            && given.Told.OpenUntil <= given.Report.Period.End
            && (given.Told.OpenUntil == given.Report.Period.End || given.Life.End == Prelude.Some(given.Told.OpenUntil)));
}
