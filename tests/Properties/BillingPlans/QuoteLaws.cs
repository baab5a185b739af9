using FsCheck;
using FsCheck.Fluent;
using LanguageExt;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Money;
using Marketplace.Core.Products;
using Marketplace.Core.Resources;
using Marketplace.Properties.Resources;
using Marketplace.Properties.Time;
using Xunit;
using static LanguageExt.Prelude;

namespace Marketplace.Properties.BillingPlans;

public sealed class QuoteLaws
{
    private static readonly Gen<ChoicePrice> Choice = Gen.OneOf(
        from thousandths in Gen.Choose(0, 500)
        from included in Gen.Choose(0, 100)
        select (ChoicePrice)new ChoicePrice.PerUnit("disk", new Usd(thousandths / 1000m), "GB", included),
        from cents in Gen.Choose(0, 5_000)
        select (ChoicePrice)new ChoicePrice.PerValue("size", Map(("large", new Usd(cents / 1000m)))));

    private static readonly Gen<(Product Product, Map<string, MetadataValue> Metadata)> Asked =
        from product in AnyBilling.Product from metadata in AnyBilling.Metadata select (product, metadata);

    [Fact]
    public void The_generator_knows_every_kind_of_price() => Union.IsKnownTo(Choice);

    [Fact]
    public void The_lines_of_a_quote_sum_to_the_price_in_whole_cents() =>
        Law.Holds(Asked, given => given.Product.Plans.Filter(plan => plan.Type == PlanType.Subscription).ForAll(plan =>
        {
            var quote = PlanQuote.Of(plan, given.Product.Metrics, given.Product.Metadata, given.Metadata);
            var whole = plan.Pricing.BaseFor(given.Metadata).ToCents();
            return Usd.Sum(quote.Lines.Map(line => line.Amount)) == (plan.Pricing.Minimum > whole ? plan.Pricing.Minimum : whole)
                && quote.Lines.ForAll(line => line.Amount.ToCents() == line.Amount && line.Amount >= Usd.Zero);
        }));

    [Fact]
    public void Where_nothing_is_chosen_the_price_is_the_base() =>
        Law.Holds(AnyBilling.Product, product => product.Plans.ForAll(plan =>
            plan.Pricing.BaseFor(Map<string, MetadataValue>()) == plan.Pricing.Base));

    [Fact]
    public void More_never_costs_less() =>
        Law.Holds(
            from choice in Choice
            from less in Gen.Choose(0, 1_000)
            from more in Gen.Choose(0, 1_000)
            select (choice, less: (decimal)less, more: (decimal)(less + more)),
            given => given.choice.Of(new MetadataValue.Number(given.less)) <= given.choice.Of(new MetadataValue.Number(given.more))
                && given.choice.Of(Slider(given.less)) <= given.choice.Of(Slider(given.less, given.more))
                && given.choice.Of(Slider(given.less, given.more)) == given.choice.Of(Slider(given.more)));

    [Fact]
    public void No_value_of_any_kind_costs_less_than_nothing() =>
        Law.Holds(
            from choice in Choice from value in AnyResource.Value select (choice, value),
            given => given.choice.Of(given.value) >= Usd.Zero && given.choice.Describe(given.value) is not null);

    [Fact]
    public void Choices_that_cost_the_same_go_on_as_one_span_and_others_begin_a_new_one() =>
        Law.Holds(
            from product in AnyBilling.Product
            from profile in AnyResource.Profile
            from plan in AnyBilling.PlanId
            from before in AnyBilling.Metadata
            from after in AnyBilling.Metadata
            from at in AnyTime.Moment
            select (product, before: profile with { Plan = plan, Metadata = before }, after: profile with { Plan = plan, Metadata = after }, at),
            given =>
            {
                var began = given.at.AddDays(-3);
                var spans = PlanPeriods.Open(given.before.Id, new PlanTerms(given.before.Plan.IfNone(AnyBilling.Free), given.before.Metadata), began);
                var plan = given.product.Plan(given.before.Plan.IfNone(AnyBilling.Free)).IfNone(() => throw new InvalidOperationException("no plan"));
                var same = plan.Pricing.BaseFor(given.before.Metadata) == plan.Pricing.BaseFor(given.after.Metadata);
                return spans.Follow(given.before, given.after, None, given.product, given.at).Match(
                    Right: followed => same
                        ? followed == spans
                        : followed.Spans is [var first, var second]
                            && (first.Start, first.Terms.Metadata) == (began, given.before.Metadata)
                            && (second.Start, second.Terms.Metadata) == (given.at, given.after.Metadata),
                    Left: _ => false);
            });

    [Fact]
    public void A_plan_that_has_not_begun_is_not_begun_by_a_choice() =>
        Law.Holds(
            from product in AnyBilling.Product
            from profile in AnyResource.Profile
            from metadata in AnyBilling.Metadata
            from at in AnyTime.Moment
            select (product, profile, after: profile with { Metadata = metadata }, at),
            given => PlanPeriods.Unopened(given.profile.Id).Follow(given.profile, given.after, None, given.product, given.at)
                .Match(Right: spans => spans.Spans.IsEmpty, Left: _ => false));

    private static MetadataValue Slider(params decimal[] numbers) => new MetadataValue.Numbers(numbers.ToSeq().Strict());
}
