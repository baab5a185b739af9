using FsCheck;
using FsCheck.Fluent;
using LanguageExt;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Money;
using Marketplace.Core.Time;
using Marketplace.Core.Usage;
using Marketplace.Properties.Time;
using Xunit;

namespace Marketplace.Properties.BillingPlans;

/// <summary>What a period costs with its minimum, its one-time charges and its discounts.</summary>
public sealed class BillingChargesLaws
{
    /// <summary>On one plan through the whole period and before.</summary>
    private static readonly Gen<BillingStory> Whole =
        from story in AnyBilling.Story
        from plan in Gen.Elements(AnyBilling.Pro, AnyBilling.Team)
        from metadata in AnyBilling.Metadata
        let began = story.Period.Start.AddDays(-100)
        select story with
        {
            AsOf = story.Period.End, Plans = PlanPeriods.Open(story.Id, new PlanTerms(plan, metadata), began),
        };

    [Fact]
    public void The_generator_knows_every_kind_of_discount() => Union.IsKnownTo(AnyPricing.DiscountValue);

    [Fact]
    public void The_total_is_the_sum_of_the_lines_without_the_discounts_to_the_cent() =>
        Law.Holds(AnyBilling.Story, story =>
            story.Charges.Total.Amount
                - (story.Charges.Lines.Sum(line => line.Total.Amount) - story.Charges.Discounts.Sum(discount => discount.Amount.Amount)) == 0.00m
            && story.Charges.Lines.ForAll(line => line.Total == line.Total.ToCents())
            && story.Charges.Discounts.ForAll(discount => discount.Amount == discount.Amount.ToCents() && discount.Amount > Usd.Zero));

    [Fact]
    public void Discounts_are_never_more_than_the_lines_of_their_plan_and_leave_one_time_charges_alone() =>
        Law.Holds(AnyBilling.Story, story => story.Product.Plans.ForAll(plan =>
            story.Charges.Discounts.Filter(discount => discount.Plan == plan.Id).Sum(discount => discount.Amount.Amount)
                <= story.Charges.Lines.Filter(line => line.Plan == plan.Id && line.Kind != LineKind.OneTime).Sum(line => line.Total.Amount)));

    [Fact]
    public void Discounts_of_a_plan_are_rounded_once() =>
        Law.Holds(Whole, story =>
        {
            var plan = story.Product.Plan(story.Plans.Spans.Head.Plan).IfNone(() => throw new InvalidOperationException("no plan"));
            var gross = story.Charges.Lines.Sum(line => line.Total.Amount);
            var exact = plan.Pricing.Discounts.Filter(discount => discount.Periods.IsNone || discount.Periods > story.Period.PeriodsSince(story.Plans.Spans.Head.Start))
                .Sum(discount => discount.Value switch
                {
                    DiscountValue.Percent percent => gross * percent.Rate / 100m,
                    DiscountValue.Amount amount => amount.Off.Amount,
                    _ => throw new InvalidOperationException(),
                });
            return story.Charges.Discounts.Sum(discount => discount.Amount.Amount) == Math.Min(gross, Math.Round(exact, 2, MidpointRounding.ToEven));
        });

    [Fact]
    public void What_a_plan_costs_only_grows_with_time_where_nothing_comes_back() =>
        Law.Holds(
            from story in AnyBilling.Story from earlier in AnyTime.In(story.Elapsed) select (story, earlier),
            given => given.story.Product.Plans
                .Filter(plan => given.story.OnlyGrows(plan.Id))
                .ForAll(plan => Total(given.story.ChargesAt(given.earlier), plan) <= Total(given.story.Charges, plan)));

    [Fact]
    public void A_preview_of_a_plan_is_what_the_same_use_costs_whoever_has_it() =>
        Law.Holds(
            from story in Whole from moment in AnyTime.In(story.Elapsed) from other in Gen.Elements(AnyBilling.Pro, AnyBilling.Team, AnyBilling.Free) select (story, moment, other),
            given =>
            {
                var (story, terms) = (given.story with { AsOf = given.moment }, given.story.Plans.Spans.Head.Terms);
                var plan = story.Product.Plan(given.other).IfNone(() => throw new InvalidOperationException("no plan"));
                var had = story with { Plans = PlanPeriods.Open(story.Id, terms with { Plan = given.other }, story.Plans.Spans.Head.Start) };
                return PlanPreview.Of(story.Resource, plan, terms.Metadata, story.Period, story.AsOf) == had.Charges.Total;
            });

    [Fact]
    public void A_preview_of_a_plan_that_is_paid_before_use_is_what_would_be_burnt() =>
        Law.Holds(Whole, story =>
        {
            var terms = story.Plans.Spans.Head.Terms with { Plan = AnyBilling.Prepaid };
            var plan = story.Product.Plan(AnyBilling.Prepaid).IfNone(() => throw new InvalidOperationException("no plan"));
            var had = story with { Plans = PlanPeriods.Open(story.Id, terms, story.Plans.Spans.Head.Start) };
            return PlanPreview.Of(story.Resource, plan, terms.Metadata, story.Period, story.AsOf)
                == Usd.Sum(BillingLines.Burnt(story.Period, story.AsOf, BilledInstallation.PerResource(Prelude.Seq1(had.Resource))).Map(line => line.Total));
        });

    [Fact]
    public void A_quote_of_a_whole_period_is_its_charge() =>
        Law.Holds(Whole, story =>
        {
            var unused = story with { Measurements = Seq<Measurement>.Empty };
            return unused.Charges.Total == QuoteOf(story).Total || HasDiscountsOfFirstPeriods(story);
        });

    [Fact]
    public void What_is_quoted_at_sign_up_is_what_is_invoiced_at_sign_up() =>
        Law.Holds(
            from story in Whole
            select story with
            {
                Plans = PlanPeriods.Open(story.Id, story.Plans.Spans.Head.Terms, story.Period.Start),
            },
            story => BillingCharges.InAdvance(story.Period, story.Period.Start, BilledInstallation.PerResource(Prelude.Seq1(story.Resource))).Total
                == QuoteOf(story).Initial);

    [Fact]
    public void What_was_billed_in_advance_is_in_the_charges_of_the_period_unless_the_plan_was_left() =>
        Law.Holds(
            from story in Whole
            from joined in AnyTime.In(story.Period.Range)
            select (story: story with
            {
                Plans = PlanPeriods.Open(story.Id, story.Plans.Spans.Head.Terms, joined),
            }, joined),
            given =>
            {
                var billed = BilledInstallation.PerResource(Prelude.Seq1(given.story.Resource));
                var ahead = BillingCharges.InAdvance(given.story.Period, given.joined, billed);
                return ahead.Lines.ForAll(line => given.story.Charges.Lines.Contains(line));
            });

    [Fact]
    public void A_minimum_is_reached_and_no_more_is_added() =>
        Law.Holds(Whole, story =>
        {
            var plan = story.Product.Plan(story.Plans.Spans.Head.Plan).IfNone(() => throw new InvalidOperationException("no plan"));
            var without = story.Lines.Filter(line => line.Kind is LineKind.Base or LineKind.Metered).Sum(line => line.Total.Amount);
            var added = story.Lines.Filter(line => line.Kind == LineKind.Minimum).Sum(line => line.Total.Amount);
            return added == Math.Max(0m, plan.Pricing.Minimum.Amount - without);
        });

    [Fact]
    public void A_one_time_charge_is_made_once_in_a_life_however_often_the_plan_is_taken() =>
        Law.Holds(AnyBilling.Story, story =>
        {
            var billed = BilledInstallation.PerResource(Prelude.Seq1(story.Resource));
            var charged = BillingPeriod.Overlapping(new TimeRange(story.Plans.Spans.Head.Start, story.Period.End.AddDays(40)), AnyTime.AnchorOf(story.Period))
                .Bind(period => BillingLines.For(period, period.End, billed))
                .Filter(line => line.Kind == LineKind.OneTime)
                .Strict();
            return story.Product.Plans.Filter(plan => plan.Type == PlanType.Subscription).ForAll(plan =>
                charged.Filter(line => line.Plan == plan.Id).Sum(line => line.Total.Amount)
                    == (story.Plans.Spans.Exists(span => span.Plan == plan.Id) ? plan.Pricing.OneTime.Amount : 0m));
        });

    [Fact]
    public void Any_order_and_any_repetition_of_the_measurements_gives_the_same_charges() =>
        Law.Holds(
            from story in AnyBilling.Story
            from repeated in Gen.SubListOf(story.Measurements.ToArray())
            from shuffled in Gen.Shuffle(story.Measurements.Concat(repeated).ToArray())
            select (story, shuffled: story with { Measurements = shuffled.ToSeq().Strict() }),
            given => given.story.Charges == given.shuffled.Charges);

    [Fact]
    public void What_a_plan_paid_before_use_burns_is_priced_like_a_subscription_s_usage() =>
        Law.Holds(Whole, story =>
        {
            var billed = BilledInstallation.PerResource(Prelude.Seq1(story.Resource));
            var prepaid = story with
            {
                Product = story.Product with { Plans = story.Product.Plans.Map(plan => plan with { Type = PlanType.Prepayment }).Strict() },
            };
            return BillingLines.Burnt(story.Period, story.AsOf, BilledInstallation.PerResource(Prelude.Seq1(prepaid.Resource)))
                    == BillingLines.For(story.Period, story.AsOf, billed).Filter(line => line.Kind == LineKind.Metered).Strict()
                && BillingLines.Burnt(story.Period, story.AsOf, billed).IsEmpty && prepaid.Lines.IsEmpty;
        });

    private static bool HasDiscountsOfFirstPeriods(BillingStory story) =>
        story.Product.Plan(story.Plans.Spans.Head.Plan).Exists(plan => plan.Pricing.Discounts.Exists(discount =>
            discount.Periods.Exists(count => count > story.Period.PeriodsSince(story.Plans.Spans.Head.Start))));

    private static PlanQuote QuoteOf(BillingStory story) =>
        story.Product.Plan(story.Plans.Spans.Head.Plan)
            .Map(plan => PlanQuote.Of(plan, story.Product.Metrics, story.Product.Metadata, story.Plans.Spans.Head.Terms.Metadata))
            .IfNone(() => throw new InvalidOperationException("no plan"));

    private static decimal Total(BillingCharges charges, BillingPlan plan) =>
        charges.Lines.Filter(line => line.Plan == plan.Id).Sum(line => line.Total.Amount)
            - charges.Discounts.Filter(discount => discount.Plan == plan.Id).Sum(discount => discount.Amount.Amount);
}
