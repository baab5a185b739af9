using LanguageExt;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Products;
using Marketplace.Core.Resources;
using Marketplace.Core.Time;
using Marketplace.Core.Usage;
using Marketplace.Properties.BillingPlans;
using Xunit;

namespace Marketplace.Properties.Usage;

public sealed class UsageStories
{
    private static readonly ResourceId Resource = new("res_1");
    private static readonly BillingPeriod January = BillingPeriod.MonthOf(At("2027-01-01T00:00:00Z"));

    [Fact]
    public void A_counter_counts_from_its_first_reading_and_a_reset_counts_as_itself()
    {
        // 100 is the base. 100 -> 250: 150. Restarted, 250 -> 40: 40. 40 -> 60: 20. Together 210, of which 60 on the 11th.
        var usage = Usage(
            AnyBilling.Queries, "2027-01-11T12:00:00Z",
            ("2027-01-10T08:00:00Z", 100m), ("2027-01-10T09:00:00Z", 250m),
            ("2027-01-11T09:00:00Z", 40m), ("2027-01-11T10:00:00Z", 60m));
        Assert.Equal((60m, 210m), (usage.DayValue, usage.PeriodValue));
    }

    [Fact]
    public void A_reading_at_midnight_tells_of_the_day_that_ended()
    {
        // 50 were counted on the 10th, and 5 on the 11th.
        var usage = Usage(
            AnyBilling.Queries, "2027-01-11T12:00:00Z",
            ("2027-01-10T08:00:00Z", 100m), ("2027-01-11T00:00:00Z", 150m), ("2027-01-11T01:00:00Z", 155m));
        Assert.Equal((5m, 55m), (usage.DayValue, usage.PeriodValue));
    }

    [Fact]
    public void What_was_counted_before_the_period_is_the_base_of_the_period()
    {
        // 900 at the end of December, 950 on the first of January: 50, and not 950.
        var usage = Usage(
            AnyBilling.Queries, "2027-01-01T12:00:00Z",
            ("2026-12-31T23:00:00Z", 900m), ("2027-01-01T01:00:00Z", 950m));
        Assert.Equal((50m, 50m), (usage.DayValue, usage.PeriodValue));
    }

    [Fact]
    public void A_level_holds_until_the_next_reading_and_a_rate_is_its_highest()
    {
        var storage = Usage(
            AnyBilling.Storage, "2027-01-12T12:00:00Z", ("2027-01-10T08:00:00Z", 20m), ("2027-01-10T09:00:00Z", 12.5m));
        var load = Usage(
            AnyBilling.Load, "2027-01-12T12:00:00Z", ("2027-01-10T08:00:00Z", 20m), ("2027-01-12T09:00:00Z", 12.5m));
        Assert.Equal((12.5m, 12.5m), (storage.DayValue, storage.PeriodValue));
        Assert.Equal((12.5m, 20m), (load.DayValue, load.PeriodValue));
    }

    [Fact]
    public void A_resource_that_is_gone_uses_nothing_today_and_keeps_what_it_used()
    {
        var life = new Lifetime(At("2027-01-10T08:00:00Z"), At("2027-01-10T20:00:00Z"));
        var usage = Usage(
            AnyBilling.Storage, life, "2027-01-12T12:00:00Z", ("2027-01-10T08:00:00Z", 20m), ("2027-01-10T21:00:00Z", 30m));
        Assert.Equal((0m, 20m), (usage.DayValue, usage.PeriodValue));
    }

    [Fact]
    public void What_was_used_elsewhere_is_not_reported_here()
    {
        // Here until the 5th, elsewhere until the 8th, here again. 40 queries, 500 elsewhere, and 7 more; the peak of 90 was elsewhere.
        var plans = PlanPeriods.Open(Resource, AnyBilling.On(AnyBilling.Pro), At("2027-01-02T00:00:00Z")).Close(At("2027-01-05T00:00:00Z"))
            .Bind(left => left.Return(AnyBilling.On(AnyBilling.Pro), At("2027-01-08T00:00:00Z")))
            .IfLeft(rejection => throw new InvalidOperationException(rejection.ToString()));

        Assert.Equal((0m, 40m), Of(AnyBilling.Queries, "2027-01-06T12:00:00Z"));
        Assert.Equal((7m, 47m), Of(AnyBilling.Queries, "2027-01-08T12:00:00Z"));
        Assert.Equal((0m, 40m), Of(AnyBilling.Storage, "2027-01-06T12:00:00Z"));
        Assert.Equal((547m, 547m), Of(AnyBilling.Storage, "2027-01-08T12:00:00Z"));
        Assert.Equal((7m, 40m), Of(AnyBilling.Load, "2027-01-08T12:00:00Z", ("2027-01-02T01:00:00Z", 40m), ("2027-01-06T12:00:00Z", 90m), ("2027-01-08T12:00:00Z", 7m)));

        (decimal, decimal) Of(Metric metric, string asOf, params (string At, decimal Value)[] readings)
        {
            (string At, decimal Value)[] counted = [("2027-01-02T00:00:00Z", 0m), ("2027-01-05T00:00:00Z", 40m), ("2027-01-08T00:00:00Z", 540m), ("2027-01-08T12:00:00Z", 547m)];
            var measured = (readings.Length > 0 ? readings : counted)
                .Select(read => new Measurement(Resource, metric.Id, At(read.At), read.Value)).ToSeq().Strict();
            var usage = Assert.Single(MetricUsage.Of(ResourceWith(plans.Spans, measured), January, UsageDay.Of(At(asOf)), At(asOf)));
            return (usage.DayValue, usage.PeriodValue);
        }
    }

    [Fact]
    public void What_was_never_measured_is_not_reported() =>
        Assert.Empty(MetricUsage.Of(
            ResourceWith(Lifetime.Since(January.Start), LanguageExt.Seq<Measurement>.Empty),
            January, UsageDay.Of(January.Start), January.End));

    private static MetricUsage Usage(Metric metric, string asOf, params (string At, decimal Value)[] readings) =>
        Usage(metric, Lifetime.Since(At("2026-12-01T00:00:00Z")), asOf, readings);

    private static MetricUsage Usage(
        Metric metric, Lifetime life, string asOf, params (string At, decimal Value)[] readings)
    {
        var measured = readings.Select(read => new Measurement(Resource, metric.Id, At(read.At), read.Value)).ToSeq().Strict();
        return Assert.Single(MetricUsage.Of(ResourceWith(life, measured), January, UsageDay.Of(At(asOf)), At(asOf)));
    }

    private static BilledResource ResourceWith(Lifetime life, Seq<Measurement> measurements) =>
        ResourceWith(Prelude.Seq1(new PlanPeriod(PlanSubject.Of(Resource), AnyBilling.On(AnyBilling.Pro), life.Start, life.End)), measurements);

    private static BilledResource ResourceWith(Seq<PlanPeriod> plans, Seq<Measurement> measurements) =>
        BilledResource.Of(
                Resource, "my-db", AnyBilling.ProductOf(AnyBilling.PlanOf(AnyBilling.Pro, 0m)), Option<InstallationBilling>.None, plans, measurements)
            .IfLeft(rejection => throw new InvalidOperationException(rejection.ToString()));

    private static DateTimeOffset At(string moment) => DateTimeOffset.Parse(moment);
}
