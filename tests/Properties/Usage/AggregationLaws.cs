using FsCheck;
using FsCheck.Fluent;
using LanguageExt;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Resources;
using Marketplace.Core.Time;
using Marketplace.Core.Usage;
using Marketplace.Properties.BillingPlans;
using Marketplace.Properties.Time;
using Xunit;

namespace Marketplace.Properties.Usage;

/// <summary>Hours that are summed up, and what the aggregations of the catalogue make of values.</summary>
public sealed class AggregationLaws
{
    private static readonly ResourceId Id = new("res_1");

    private static readonly Gen<Aggregation> OfLevels = Gen.OneOf(
        Gen.Constant<Aggregation>(new Aggregation.Last()), Gen.Constant<Aggregation>(new Aggregation.Average()),
        Gen.Constant<Aggregation>(new Aggregation.Max()), Gen.Choose(1, 100).Select(rank => (Aggregation)new Aggregation.Percentile(rank)));

    /// <summary>By the hours of a few days: readings in some of them, at their edges too.</summary>
    private static readonly Gen<(TimeRange Range, Seq<Measurement> Readings)> Measured =
        from start in AnyTime.Moment.Select(moment => HourSlot.Of(moment).Start)
        from hours in Gen.Choose(2, 60)
        from at in Gen.ListOf(Gen.OneOf(Gen.Choose(0, hours * 3600), Gen.Choose(0, hours).Select(hour => hour * 3600)))
        from values in Gen.ListOf(Gen.Choose(0, 1_000_000), at.Count)
        select (
            new TimeRange(start, start.AddHours(hours)),
            at.Zip(values, (second, value) => new Measurement(Id, AnyBilling.Storage.Id, start.AddSeconds(second), value / 1000m)).ToSeq().Strict());

    [Fact]
    public void An_hour_that_is_summed_up_gives_the_same_as_its_readings() =>
        Law.Holds(
            from measured in Measured
            from kind in Gen.Elements(AnyBilling.Storage, AnyBilling.Load, AnyBilling.Queries)
            from aggregation in OfLevels
            from summed in Gen.ListOf(Gen.Elements(true, false), 64)
            select (measured, metric: kind.Kind == MetricKind.Interval ? kind : aggregation.Suits(kind.Kind) ? kind with { ChosenAggregation = aggregation } : kind, summed),
            given =>
            {
                var readings = given.measured.Readings.Map(reading => reading with { Metric = given.metric.Id }).Strict();
                var whole = Report(given.metric, MeteredUsage.Of(readings), given.measured.Range);
                return Report(given.metric, Summed(readings, given.measured.Range, [.. given.summed]), given.measured.Range) == whole;
            });

    [Fact]
    public void A_mean_lies_between_the_lowest_and_the_highest_level_that_stood() =>
        Law.Holds(
            Measured,
            measured =>
            {
                var readings = Readings.Of(AnyBilling.Storage.Id, measured.Readings, DateTimeOffset.MaxValue);
                return readings.Average(measured.Range).ForAll(mean =>
                    measured.Readings.Min(reading => reading.Value) <= mean && mean <= measured.Readings.Max(reading => reading.Value));
            });

    [Fact]
    public void A_level_that_stands_all_the_time_is_its_mean() =>
        Law.Holds(
            from measured in Measured from value in Gen.Choose(0, 1000) select (measured, value: (decimal)value),
            given =>
            {
                var level = new Measurement(Id, AnyBilling.Storage.Id, given.measured.Range.Start, given.value);
                var again = given.measured.Readings.Map(reading => reading with { Value = given.value }).Strict();
                return Readings.Of(AnyBilling.Storage.Id, again.Add(level), DateTimeOffset.MaxValue).Average(given.measured.Range) == Prelude.Some(given.value);
            });

    [Fact]
    public void A_percentile_is_one_of_the_values_and_so_many_do_not_exceed_it() =>
        Law.Holds(
            from values in Gen.NonEmptyListOf(Gen.Choose(0, 100)) from rank in Gen.Choose(1, 1000) select (values, rank: rank / 10m),
            given =>
            {
                var hours = given.values.Select((value, at) => new Measurement(Id, AnyBilling.Load.Id, Edge.AddHours(at).AddMinutes(30), value)).ToSeq().Strict();
                var found = Report(
                    AnyBilling.Load with { ChosenAggregation = new Aggregation.Percentile(given.rank) }, MeteredUsage.Of(hours),
                    new TimeRange(Edge, Edge.AddHours(given.values.Count)));
                return given.values.Any(value => value == found)
                    && given.values.Count(value => value <= found) >= given.rank / 100m * given.values.Count
                    && given.values.Count(value => value < found) < given.rank / 100m * given.values.Count;
            });

    [Fact]
    public void Amounts_of_a_range_are_those_of_its_parts_and_an_hours_sum_is_as_good_as_its_events() =>
        Law.Holds(
            from measured in Measured from split in AnyTime.In(measured.Range) select (measured, split: HourSlot.Of(split).Start),
            given =>
            {
                var events = given.measured.Readings.Map(one => new UsageAmount(Id, AnyBilling.Queries.Id, one.MeasuredAt, one.Value)).Strict();
                var hours = events.GroupBy(one => HourSlot.Of(one.UsedAt).Start)
                    .Select(hour => new UsageAmount(Id, AnyBilling.Queries.Id, hour.Key, hour.Sum(one => one.Quantity))).ToSeq().Strict();
                var whole = Amount(events, given.measured.Range);
                var parts = new[] { TimeRange.Between(given.measured.Range.Start, given.split), TimeRange.Between(given.split, given.measured.Range.End) };
                return whole == Amount(hours, given.measured.Range)
                    && whole == parts.Sum(part => part.Match(range => Amount(hours, range), () => 0m));
            });

    /// <summary>Five full hours of the plan, of a month of 744: the second highest of five peaks, for five hours of the month.</summary>
    [Fact]
    public void A_percentile_is_billed_for_the_share_of_the_period()
    {
        var plan = AnyBilling.PlanOf(
            AnyBilling.Pro, 0m, new MeteredPrice(AnyBilling.Load.Id, new Core.Money.Usd(744m), "queries/s", 0m));
        var product = AnyBilling.ProductOf(plan) with
        {
            Metrics = Prelude.Seq1(AnyBilling.Load with { ChosenAggregation = new Aggregation.Percentile(80m) }),
        };
        var peaks = new[] { 10m, 50m, 20m, 40m, 30m };
        var resource = BilledResource.Of(
            Id, "api", product, Prelude.None,
            PlanPeriods.Open(Id, AnyBilling.On(AnyBilling.Pro), Edge).Spans,
            peaks.Select((peak, hour) => new Measurement(Id, AnyBilling.Load.Id, Edge.AddHours(hour).AddMinutes(1), peak)).ToSeq().Strict())
            .IfLeft(rejection => throw new InvalidOperationException(rejection.ToString()));

        var line = BillingLines.For(
            BillingPeriod.MonthOf(Edge), Edge.AddHours(5), BilledInstallation.PerResource(Prelude.Seq1(resource))).Single();

        // 80 % of 5 is the 4th: 40, for 5 of 744 hours: 0.268817; times 744.00 is 199.999848 -> 200.00
        Assert.Equal((0.268817m, 200.00m), (line.Quantity, line.Total.Amount));
    }

    private static readonly DateTimeOffset Edge = new(2027, 1, 10, 0, 0, 0, TimeSpan.Zero);

    private static decimal Amount(Seq<UsageAmount> amounts, TimeRange range) =>
        Report(AnyBilling.Queries, new MeteredUsage(Seq<Measurement>.Empty, Seq<MeterHour>.Empty, amounts), range);

    private static decimal Report(Metric metric, MeteredUsage usage, TimeRange range)
    {
        var product = AnyBilling.ProductOf(AnyBilling.PlanOf(AnyBilling.Pro, 0m)) with { Metrics = Prelude.Seq1(metric) };
        var resource = BilledResource.Of(
            Id, "it", product, Prelude.None, PlanPeriods.Open(Id, AnyBilling.On(AnyBilling.Pro), range.Start).Spans, usage)
            .IfLeft(rejection => throw new InvalidOperationException(rejection.ToString()));
        return MetricUsage.Of(resource, new BillingPeriod(range.Start, range.End), UsageDay.Of(range.Start), range.End)
            .HeadOrNone().Map(used => used.PeriodValue).IfNone(0m);
    }

    /// <summary>Some of the hours as one, the others reading by reading; of two readings at one moment the higher one.</summary>
    private static MeteredUsage Summed(Seq<Measurement> readings, TimeRange range, bool[] summed)
    {
        var distinct = readings.GroupBy(reading => reading.MeasuredAt).Select(same => same.MaxBy(reading => reading.Value)!).ToSeq().Strict();
        var byHour = distinct.GroupBy(reading => (int)Math.Ceiling((reading.MeasuredAt - range.Start).TotalHours)).ToList();
        return new MeteredUsage(
            byHour.Where(hour => !summed[hour.Key]).SelectMany(hour => hour).ToSeq().Strict(),
            byHour.Where(hour => summed[hour.Key]).Select(hour => MeterHour.Of(hour.ToSeq().Strict())).ToSeq().Strict(),
            Seq<UsageAmount>.Empty);
    }
}
