using LanguageExt;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Money;
using Marketplace.Core.Products;
using Marketplace.Core.Resources;
using Marketplace.Core.Time;
using Marketplace.Core.Usage;
using Xunit;

namespace Marketplace.Properties.BillingPlans;

/// <summary>Dated stories, with the arithmetic beside them.</summary>
public sealed class BillingStories
{
    private static readonly ResourceId Resource = new("res_1");
    private static readonly BillingPeriod January = BillingPeriod.MonthOf(At("2027-01-01"));

    /// <summary>Pro: 19.00 a month, storage at 0.0004 for an MB-hour, 1,000,000 queries included and 0.000025 for each one more.</summary>
    private static readonly Product Acme = AnyBilling.ProductOf(
        AnyBilling.PlanOf(AnyBilling.Free, 0m),
        AnyBilling.PlanOf(
            AnyBilling.Pro, 19m,
            new MeteredPrice(AnyBilling.Storage.Id, new Usd(0.0004m), "MB-hours", 0m),
            new MeteredPrice(AnyBilling.Queries.Id, new Usd(0.000025m), "queries", 1_000_000m)),
        AnyBilling.PlanOf(AnyBilling.Team, 12m));

    [Fact]
    public void Twelve_days_of_thirty_one()
    {
        // 2027-01-20 to the end of January: 12 of 31 days. 12.00 * 12 / 31 = 4.645… -> 4.65
        var line = Assert.Single(Lines(Open(AnyBilling.Team, "2027-01-20"), "2027-02-01"));
        Assert.Equal(4.65m, line.Total.Amount);
        Assert.Equal(At("2027-01-20"), line.Start);
        Assert.True(line.End.IsNone);
        Assert.Equal("my-db: 1036800 of 2678400 seconds at 12.00", line.Details);
    }

    [Fact]
    public void There_and_back_again_costs_as_much_as_staying_for_the_same_time()
    {
        // Team for 10 days, free for 11, team for 10: 12.00 * 10 / 31 = 3.870… -> 3.87; 12.00 * 20 / 31 = 7.741… -> 7.74.
        // The second part is 7.74 - 3.87 = 3.87.
        var plans = Changed(Open(AnyBilling.Team, "2027-01-01"), AnyBilling.Free, "2027-01-11");
        var lines = Lines(Changed(plans, AnyBilling.Team, "2027-01-22"), "2027-02-01");
        Assert.Equal([3.87m, 3.87m], Totals(lines));

        // A third of 0.10 for each third of June is 0.03, but the parts are 0.03 + 0.04 + 0.03 = 0.10.
        var cheap = AnyBilling.ProductOf(AnyBilling.PlanOf(AnyBilling.Team, 0.10m), AnyBilling.PlanOf(AnyBilling.Free, 0m));
        var june = BillingPeriod.MonthOf(At("2027-06-01"));
        var thirds = new PlanPeriods(PlanSubject.Of(Resource), Prelude.Seq(
            new PlanPeriod(PlanSubject.Of(Resource), AnyBilling.On(AnyBilling.Team), At("2027-06-01"), At("2027-06-11")),
            new PlanPeriod(PlanSubject.Of(Resource), AnyBilling.On(AnyBilling.Team), At("2027-06-11"), At("2027-06-21")),
            new PlanPeriod(PlanSubject.Of(Resource), AnyBilling.On(AnyBilling.Team), At("2027-06-21"), At("2027-07-01"))));
        Assert.Equal([0.03m, 0.04m, 0.03m], Totals(Lines(cheap, june, thirds, june.End)));
    }

    [Fact]
    public void What_was_elsewhere_for_a_while_is_billed_for_the_hours_that_it_was_here()
    {
        // 100 MB from the 1st on, handed over on the 2nd at 06:30 and back on the 2nd at 18:15 with 900 MB, asked on the 3rd at midnight:
        // 24 + 6 complete hours at 100 MB, 5 (from 19:00 on) at 900 MB; the hours of going and coming are free.
        // 0.0004 * (30 * 100 + 5 * 900) = 0.0004 * 7500 = 3.00
        var left = Closed(Open(AnyBilling.Pro, "2027-01-01"), "2027-01-02T06:30");
        var back = left.Return(AnyBilling.On(AnyBilling.Pro), At("2027-01-02T18:15")).IfLeft(left);
        var storage = Metered(
            "MB-hours", back, "2027-01-03", AnyBilling.Storage,
            ("2027-01-01", 100m), ("2027-01-02T06:30", 100m), ("2027-01-02T18:15", 900m));
        Assert.Equal((7500m, 3.00m), (storage.Quantity, storage.Total.Amount));

        // 2,000,000 queries here, 5,000,000 elsewhere, 1,000,000 here again. The plan is taken to stay: 30.5 and 701.75 of 744 hours include
        // 1,000,000 * 732.25 / 744 = 984,206.98924…; 3,000,000 - 984,206.989248 = 2,015,793.010752 at 0.000025 = 50.394… -> 50.39
        var queries = Metered(
            "queries", back, "2027-01-03", AnyBilling.Queries,
            ("2027-01-01", 0m), ("2027-01-02T06:30", 2_000_000m), ("2027-01-02T18:15", 7_000_000m), ("2027-01-02T23:00", 8_000_000m));
        Assert.Equal((2_015_793.010752m, 50.39m), (queries.Quantity, queries.Total.Amount));
    }

    [Fact]
    public void The_base_so_far_is_the_share_of_the_time_that_passed()
    {
        // 19.00 * 1 h / 744 h = 0.0255… -> 0.03 after the first hour; half of January, 15.5 days: 9.50.
        var plans = Open(AnyBilling.Pro, "2027-01-01");
        Assert.Equal(0.03m, Lines(plans, "2027-01-01T01:00:00Z").Head.Total.Amount);
        Assert.Equal(9.50m, Lines(plans, "2027-01-16T12:00:00Z").Head.Total.Amount);
        Assert.Equal(At("2027-01-16T12:00:00Z"), Lines(plans, "2027-01-16T12:00:00Z").Head.End);
        Assert.Equal(19.00m, Lines(plans, "2027-02-01").Head.Total.Amount);
    }

    [Fact]
    public void Storage_is_billed_by_the_complete_hour_at_the_last_level_known_by_its_end()
    {
        // Provisioned at 10:20 and deleted at 14:40 on the 5th: complete hours are 11, 12 and 13.
        // Levels at their ends: 100 (read 10:20), 250 (read 12:30), 250. Together 600 MB-hours * 0.0004 = 0.24
        var plans = Closed(Open(AnyBilling.Pro, "2027-01-05T10:20:00Z"), "2027-01-05T14:40:00Z");
        var storage = Metered(
            "MB-hours", plans, "2027-01-05T14:40:00Z", AnyBilling.Storage,
            ("2027-01-05T10:20:00Z", 100m), ("2027-01-05T12:30:00Z", 250m), ("2027-01-05T14:10:00Z", 900m));
        Assert.Equal((600m, 0.24m), (storage.Quantity, storage.Total.Amount));
    }

    [Fact]
    public void What_is_consumed_falls_on_the_plan_that_it_was_read_under()
    {
        // Free until the 10th, then pro. Read at the change: 3,000,000, which free gives away. On the 20th: 5,500,000 more under pro.
        // Included: 1,000,000 * 22 / 31 days = 709,677.419355 (rounded up). 2,500,000 - 709,677.419355 = 1,790,322.580645,
        // times 0.000025 = 44.758… -> 44.76
        var plans = Changed(Open(AnyBilling.Free, "2027-01-01"), AnyBilling.Pro, "2027-01-10");
        var queries = Metered(
            "queries", plans, "2027-02-01", AnyBilling.Queries,
            ("2027-01-01", 0m), ("2027-01-10", 3_000_000m), ("2027-01-20", 5_500_000m));
        Assert.Equal((1_790_322.580645m, 44.76m), (queries.Quantity, queries.Total.Amount));
    }

    [Fact]
    public void What_is_included_is_not_charged_early_only_because_the_month_is_young()
    {
        // 900,000 of 1,000,000 queries on the first day: nothing to pay then, and nothing to give back later.
        var plans = Open(AnyBilling.Pro, "2027-01-01");
        (string, decimal)[] readings = [("2027-01-01", 0m), ("2027-01-01T20:00:00Z", 900_000m)];
        Assert.Equal(0m, Metered("queries", plans, "2027-01-02", AnyBilling.Queries, readings).Total.Amount);
        Assert.Equal(0m, Metered("queries", plans, "2027-02-01", AnyBilling.Queries, readings).Total.Amount);
    }

    [Fact]
    public void A_plan_that_is_taken_again_brings_back_what_it_includes()
    {
        // 300,000 queries in the first 5 days of pro. On the 6th pro is left: 1,000,000 * 5 / 31 = 161,290.322581 (rounded up) are
        // included, and 138,709.677419 * 0.000025 = 3.467… -> 3.47. Back on the 8th: 1,000,000 * 29 / 31 cover all of it.
        var left = Changed(Open(AnyBilling.Pro, "2027-01-01"), AnyBilling.Free, "2027-01-06");
        var back = Changed(left, AnyBilling.Pro, "2027-01-08");
        (string, decimal)[] readings = [("2027-01-01", 0m), ("2027-01-05", 300_000m)];
        Assert.Equal(3.47m, Metered("queries", left, "2027-01-07", AnyBilling.Queries, readings).Total.Amount);
        Assert.Equal(3.47m, Metered("queries", back, "2027-01-07", AnyBilling.Queries, readings).Total.Amount);
        Assert.Equal(0m, Metered("queries", back, "2027-01-09", AnyBilling.Queries, readings).Total.Amount);
    }

    [Fact]
    public void A_rate_is_billed_for_each_hour_at_the_highest_that_was_measured_in_it()
    {
        // 10:00-11:00: max(30, 20) = 30; 11:00-12:00: nothing measured, 0; 12:00-13:00: 8. Together 38 * 0.01 = 0.38
        var product = AnyBilling.ProductOf(AnyBilling.PlanOf(
            AnyBilling.Pro, 0m, new MeteredPrice(AnyBilling.Load.Id, new Usd(0.01m), "queries/s-hours", 0m)));
        var measured = Measured(
            AnyBilling.Load,
            ("2027-01-05T10:10:00Z", 30m), ("2027-01-05T10:50:00Z", 20m), ("2027-01-05T12:50:00Z", 8m));
        var line = Assert.Single(Lines(product, January, Open(AnyBilling.Pro, "2027-01-05T10:00:00Z"), At("2027-01-05T13:00:00Z"), measured));
        Assert.Equal((38m, 0.38m), (line.Quantity, line.Total.Amount));
    }

    [Fact]
    public void A_leap_february_has_a_day_more_to_share()
    {
        // One day of 29: 19.00 / 29 = 0.655… -> 0.66; of 28: 0.678… -> 0.68
        Assert.Equal(0.66m, FirstDayOfFebruary(2028));
        Assert.Equal(0.68m, FirstDayOfFebruary(2027));

        static decimal FirstDayOfFebruary(int year) => Lines(
            Acme, BillingPeriod.MonthOf(At($"{year}-02-01")), Open(AnyBilling.Pro, $"{year}-01-10"), At($"{year}-02-02")).Head.Total.Amount;
    }

    [Fact]
    public void A_plan_that_the_catalogue_forgot_is_named_and_not_left_out()
    {
        var rejection = BilledResource.Of(
            Resource, "my-db", Acme, Option<InstallationBilling>.None,
            Prelude.Seq1(new PlanPeriod(PlanSubject.Of(Resource), AnyBilling.On(new PlanId("gold")), January.Start, Option<DateTimeOffset>.None)),
            LanguageExt.Seq<Measurement>.Empty).LeftAsEnumerable().Single();
        Assert.Equal(new BilledResourceRejection.PlanUnknown(Resource, Acme.Id, new PlanId("gold")), rejection);
    }

    [Fact]
    public void A_price_of_something_that_is_not_measured_is_named_and_not_left_out()
    {
        var unmeasured = new MetricId("magic");
        var product = AnyBilling.ProductOf(
            AnyBilling.PlanOf(AnyBilling.Pro, 1m, new MeteredPrice(unmeasured, new Usd(1m), "spells", 0m)));
        var rejection = BilledResource.Of(
            Resource, "my-db", product, Option<InstallationBilling>.None,
            Open(AnyBilling.Pro, "2027-01-01").Spans,
            LanguageExt.Seq<Measurement>.Empty).LeftAsEnumerable().Single();
        Assert.Equal(
            new BilledResourceRejection.MetricUnknown(Resource, product.Id, AnyBilling.Pro, unmeasured), rejection);
    }

    private static decimal[] Totals(Seq<BillingLine> lines) => [.. lines.AsEnumerable().Select(line => line.Total.Amount)];

    private static BillingLine Metered(
        string units, PlanPeriods plans, string asOf, Metric metric, params (string At, decimal Value)[] readings) =>
        Assert.Single(Lines(Acme, January, plans, At(asOf), Measured(metric, readings)), line => line.Units == units);

    private static Seq<Measurement> Measured(Metric metric, params (string At, decimal Value)[] readings) =>
        readings.Select(read => new Measurement(Resource, metric.Id, At(read.At), read.Value)).ToSeq().Strict();

    private static Seq<BillingLine> Lines(PlanPeriods plans, string asOf) =>
        Lines(Acme, January, plans, At(asOf)).Filter(line => line.Units == "period").Strict();

    private static Seq<BillingLine> Lines(
        Product product, BillingPeriod period, PlanPeriods plans, DateTimeOffset asOf, Seq<Measurement> measurements = default) =>
        new BillingStory(period, product, plans, measurements, asOf).Lines;

    private static PlanPeriods Open(PlanId plan, string at) => PlanPeriods.Open(Resource, AnyBilling.On(plan), At(at));

    private static PlanPeriods Changed(PlanPeriods plans, PlanId to, string at) =>
        plans.Change(AnyBilling.On(to), At(at)).IfLeft(rejection => throw new InvalidOperationException(rejection.ToString()));

    private static PlanPeriods Closed(PlanPeriods plans, string at) =>
        plans.Close(At(at)).IfLeft(rejection => throw new InvalidOperationException(rejection.ToString()));

    private static DateTimeOffset At(string moment) =>
        DateTimeOffset.Parse(moment, styles: System.Globalization.DateTimeStyles.AssumeUniversal);
}
