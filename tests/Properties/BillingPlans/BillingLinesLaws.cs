using FsCheck;
using FsCheck.Fluent;
using LanguageExt;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Money;
using Marketplace.Core.Products;
using Marketplace.Core.Time;
using Marketplace.Core.Usage;
using Marketplace.Properties.Time;
using Xunit;

namespace Marketplace.Properties.BillingPlans;

public sealed class BillingLinesLaws
{
    /// <summary>Every plan is a subscription that bills one dollar for each unit, with nothing included.</summary>
    private static readonly Product OneDollar = AnyBilling.ProductOf(
        [.. new[] { AnyBilling.Free, AnyBilling.Pro, AnyBilling.Team, AnyBilling.Prepaid }.Select(id => AnyBilling.PlanOf(
            id, 0m,
            new MeteredPrice(AnyBilling.Storage.Id, new Usd(1m), "MB-hours", 0m),
            new MeteredPrice(AnyBilling.Queries.Id, new Usd(1m), "queries", 0m)))]);

    [Fact]
    public void The_parts_of_a_base_fee_sum_to_the_rounded_whole() =>
        Law.Holds(AnyBilling.Story, story => story.Product.Plans.ForAll(plan =>
        {
            var weighted = story.Plans.Spans.Filter(span => span.Plan == plan.Id)
                .Sum(span => plan.Pricing.BaseFor(span.Terms.Metadata).Amount
                    * Billed(plan, span.Span, story).Map(range => range.Duration.Ticks).IfNone(0L));
            var whole = weighted / (story.Period.End - story.Period.Start).Ticks;
            var expected = plan.Type == PlanType.Subscription ? Math.Round(whole, 2, MidpointRounding.ToEven) : 0m;
            return BaseLines(story.Lines, plan).Sum(line => line.Total.Amount) == expected;
        }));

    [Fact]
    public void A_plan_that_covers_the_whole_period_costs_exactly_what_was_quoted() =>
        Law.Holds(
            from story in AnyBilling.Story
            from days in Gen.Choose(0, 400)
            from metadata in AnyBilling.Metadata
            select story with
            {
                AsOf = story.Period.End,
                Plans = PlanPeriods.Open(
                    story.Id, new PlanTerms(AnyBilling.Pro, metadata), story.Period.Start.AddDays(-days)),
            },
            story =>
            {
                var pro = story.Product.Plan(AnyBilling.Pro).IfNone(() => throw new InvalidOperationException("no plan"));
                var quoted = PlanQuote.Of(pro, story.Product.Metrics, story.Product.Metadata, story.Plans.Spans.Head.Terms.Metadata).Lines;
                return BaseLines(story.Lines, pro).Sum(line => line.Total.Amount)
                        == quoted.Filter(line => line.Label != "Minimum charge").Sum(line => line.Amount.Amount)
                    && story.Lines.ForAll(line => line.Start.IsNone && line.End.IsNone);
            });

    [Fact]
    public void Plans_changed_any_number_of_times_never_bill_more_than_the_time_that_passed() =>
        Law.Holds(AnyBilling.Story.Select(InArrears), story =>
        {
            var unused = story with { Measurements = Seq<Measurement>.Empty };
            var dearest = story.Plans.Spans
                .Bind(span => story.Product.Plan(span.Plan).Map(plan =>
                    Math.Max(plan.Pricing.BaseFor(span.Terms.Metadata).Amount, plan.Pricing.Minimum.Amount)).ToSeq()).Max();
            var passed = (decimal)story.Elapsed.Duration.Ticks / story.Period.Range.Duration.Ticks;
            var billed = unused.Lines.Filter(line => line.Kind is LineKind.Base or LineKind.Minimum).Sum(line => line.Total.Amount);
            return billed <= (dearest * passed) + (0.005m * story.Product.Plans.Count);
        });

    [Fact]
    public void Every_total_is_price_times_quantity_in_whole_cents_and_not_negative() =>
        Law.Holds(AnyBilling.Story, story => story.Lines.ForAll(line =>
            line.Total == (line.Price * line.Quantity).ToCents()
            && line.Price >= Usd.Zero && line.Quantity >= 0m && line.Total >= Usd.Zero));

    [Fact]
    public void Running_totals_never_shrink_but_for_what_a_plan_includes_when_it_is_taken_again() =>
        Law.Holds(
            from story in AnyBilling.Story from earlier in AnyTime.In(story.Elapsed) select (story, earlier),
            given =>
            {
                var (before, now) = (given.story.LinesAt(given.earlier), given.story.Lines);
                return given.story.Product.Plans.ForAll(plan =>
                    (plan.Pricing.Billed == BaseBilling.Advance || Total(BaseLines(before, plan)) <= Total(BaseLines(now, plan)))
                    && (!given.story.OnlyGrows(plan.Id) || Total(Of(before, plan)) <= Total(Of(now, plan))));
            });

    [Fact]
    public void What_happens_later_does_not_change_what_was_billed_by_now() =>
        Law.Holds(AnyBilling.Story, story =>
        {
            var known = story with
            {
                Plans = story.Plans with
                {
                    Spans = story.Plans.Spans
                        .Filter(span => span.Start < story.AsOf)
                        .Map(span => span with { End = span.Span.AsOf(story.AsOf).End })
                        .Strict(),
                },
                Measurements = story.Measurements.Filter(read => read.MeasuredAt <= story.AsOf).Strict(),
            };
            return known.Lines == story.Lines;
        });

    [Fact]
    public void Any_order_and_any_repetition_of_the_measurements_gives_the_same_lines() =>
        Law.Holds(
            from story in AnyBilling.Story
            from repeated in Gen.SubListOf(story.Measurements.ToArray())
            from shuffled in Gen.Shuffle(story.Measurements.Concat(repeated).ToArray())
            select (story, shuffled: story with { Measurements = shuffled.ToSeq().Strict() }),
            given => given.story.Lines == given.shuffled.Lines);

    [Fact]
    public void Resources_are_billed_each_for_itself_in_any_order() =>
        Law.Holds(
            from stories in AnyBilling.Stories
            from shuffled in Gen.Shuffle(stories.Stories)
            select (stories.Period, stories.AsOf, stories.Stories, Shuffled: shuffled),
            given => Together(given.Stories, given) == Together(given.Shuffled, given)
                && Together(given.Stories, given) == given.Stories.OrderBy(story => story.Id.Value)
                    .SelectMany(story => BillingLines.For(given.Period, given.AsOf, BilledInstallation.PerResource(Prelude.Seq1(story.Resource))))
                    .ToSeq().Strict());

    [Fact]
    public void What_belongs_to_another_resource_is_left_out() =>
        Law.Holds(AnyBilling.Stories, given =>
        {
            var (own, other) = (given.Stories[0], given.Stories[1]);
            var mixed = BilledResource.Of(
                own.Id, "my-db", own.Product, Option<InstallationBilling>.None, (other.Plans.Spans + own.Plans.Spans).Strict(),
                (other.Measurements + own.Measurements).Strict());
            return mixed.ForAll(resource =>
                BillingLines.For(given.Period, given.AsOf, BilledInstallation.PerResource(Prelude.Seq1(resource))) == own.LinesAt(given.AsOf));
        });

    [Fact]
    public void What_is_free_or_paid_before_use_has_no_lines() =>
        Law.Holds(AnyBilling.Story, story => story.Lines.ForAll(line =>
            line.Plan != AnyBilling.Free && line.Plan != AnyBilling.Prepaid));

    [Fact]
    public void Every_complete_hour_that_it_is_here_is_billed_once_whatever_the_plans() =>
        Law.Holds(
            from story in AnyBilling.Story select Constant(story with { Product = OneDollar }),
            story =>
            {
                var hours = CompleteHours(story).Count();
                return Quantity(story.Lines, "MB-hours") == hours && TimeSpan.FromHours(hours) <= story.Elapsed.Duration;
            });

    [Fact]
    public void An_hour_is_billed_to_the_plan_that_it_began_under() =>
        Law.Holds(
            from story in AnyBilling.Story select Constant(story with { Product = OneDollar }),
            story => story.Product.Plans.ForAll(plan =>
            {
                var hours = CompleteHours(story).Count(hour => story.Plans.ActiveAt(hour.Start) == plan.Id);
                return Quantity(story.Lines.Filter(line => line.Plan == plan.Id), "MB-hours") == hours;
            }));

    [Fact]
    public void Everything_that_was_consumed_is_billed_once_whatever_the_plans() =>
        Law.Holds(
            from story in AnyBilling.Story select story with { Product = OneDollar },
            story =>
            {
                var used = MetricUsage.Of(story.Resource, story.Period, UsageDay.Of(story.Period.Start), story.AsOf)
                    .Find(usage => usage.Metric == AnyBilling.Queries).Map(usage => usage.PeriodValue).IfNone(0m);
                return Quantity(story.Lines, "queries") == used;
            });

    [Fact]
    public void What_is_included_is_free_in_proportion_to_the_time_of_the_plan() =>
        Law.Holds(
            from story in AnyBilling.Story
            from included in Gen.Choose(0, 5_000)
            let price = new MeteredPrice(AnyBilling.Queries.Id, new Usd(1m), "queries", included)
            select (
                Without: story with { Product = OneDollar, AsOf = story.Period.End },
                With: story with
                {
                    AsOf = story.Period.End,
                    Product = AnyBilling.ProductOf([.. OneDollar.Plans.Map(plan =>
                        plan with { Pricing = plan.Pricing with { Metered = Prelude.Seq1(price) } })]),
                },
                included),
            given => given.With.Product.Plans.ForAll(plan =>
            {
                var covered = given.With.Plans.Spans.Filter(span => span.Plan == plan.Id)
                    .Sum(span => span.Span.Within(given.With.Period.Range).Map(range => range.Duration.Ticks).IfNone(0L));
                var free = (decimal)given.included * covered / given.With.Period.Range.Duration.Ticks;
                var used = Quantity(given.Without.Lines.Filter(line => line.Plan == plan.Id), "queries");
                var billed = Quantity(given.With.Lines.Filter(line => line.Plan == plan.Id), "queries");
                return billed <= Math.Max(0m, used - free) && billed > used - free - 0.000_001m - 1e-18m;
            }));

    [Fact]
    public void What_is_billed_is_what_was_used_beyond_the_allowance() =>
        Law.Holds(
            from story in AnyBilling.Story
            from included in Gen.Choose(0, 5_000)
            let price = new MeteredPrice(AnyBilling.Queries.Id, new Usd(1m), "queries", included)
            select (
                Without: story with { Product = OneDollar },
                With: story with
                {
                    Product = AnyBilling.ProductOf([.. OneDollar.Plans.Map(plan =>
                        plan with { Pricing = plan.Pricing with { Metered = Prelude.Seq1(price) } })]),
                }),
            given => given.With.Product.Plans.Filter(plan => plan.Type == PlanType.Subscription).ForAll(plan =>
            {
                var allowed = given.With.Allowances.Filter(one => one.Plan == plan.Id).Sum(one => one.Included);
                var used = Quantity(given.Without.Lines.Filter(line => line.Plan == plan.Id), "queries");
                return Quantity(given.With.Lines.Filter(line => line.Plan == plan.Id), "queries") == Math.Max(0m, used - allowed);
            }));

    [Fact]
    public void A_line_names_its_time_where_it_is_not_the_periods() =>
        Law.Holds(AnyBilling.Story, story => story.Lines.ForAll(line =>
            line.Start.ForAll(start => start > story.Period.Start) && line.End.ForAll(end => end < story.Period.End)
            && line.Start.IfNone(story.Period.Start) < line.End.IfNone(story.Period.End)
            && (IsBilledAhead(story, line) || line.End.IfNone(story.Period.End) <= story.Elapsed.End)));

    private static bool IsBilledAhead(BillingStory story, BillingLine line) =>
        line.Kind == LineKind.OneTime
        || (line.Kind == LineKind.Base && story.Product.Plan(line.Plan).Exists(plan => plan.Pricing.Billed == BaseBilling.Advance));

    /// <summary>What is billed in advance is billed to the period's end for as long as nobody knows of another.</summary>
    private static Option<TimeRange> Billed(BillingPlan plan, Lifetime span, BillingStory story) =>
        plan.Pricing.Billed == BaseBilling.Arrears ? span.Within(story.Elapsed)
        : span.Within(story.Elapsed).Bind(_ => span.AsOf(story.AsOf).Within(story.Period.Range));

    private static BillingStory InArrears(BillingStory story) => story with
    {
        Product = story.Product with
        {
            Plans = story.Product.Plans.Map(plan => plan with { Pricing = plan.Pricing with { Billed = BaseBilling.Arrears } }).Strict(),
        },
    };

    /// <summary>One unit of storage from before the beginning on.</summary>
    private static BillingStory Constant(BillingStory story) => story with
    {
        Measurements = Prelude.Seq1(
            new Measurement(story.Id, AnyBilling.Storage.Id, story.Period.Start.AddDays(-60), 1m)),
    };

    private static IEnumerable<HourSlot> CompleteHours(BillingStory story) =>
        HourSlot.Inside(story.Elapsed).Where(hour => story.Plans.Covered(hour.Range) == hour.Range.Duration);

    private static Seq<BillingLine> Together(
        BillingStory[] stories, (BillingPeriod Period, DateTimeOffset AsOf, BillingStory[], BillingStory[]) given) =>
        BillingLines.For(
            given.Period, given.AsOf, BilledInstallation.PerResource(stories.Select(story => story.Resource).ToSeq().Strict()));

    private static Seq<BillingLine> BaseLines(Seq<BillingLine> lines, BillingPlan plan) =>
        lines.Filter(line => line.Plan == plan.Id && line.Kind == LineKind.Base).Strict();

    private static Seq<BillingLine> Of(Seq<BillingLine> lines, BillingPlan plan) =>
        lines.Filter(line => line.Plan == plan.Id).Strict();

    private static decimal Total(Seq<BillingLine> lines) => lines.Sum(line => line.Total.Amount);

    private static decimal Quantity(Seq<BillingLine> lines, string units) =>
        lines.Filter(line => line.Units == units).Sum(line => line.Quantity);
}
