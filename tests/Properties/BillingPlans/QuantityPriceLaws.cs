using FsCheck;
using FsCheck.Fluent;
using LanguageExt;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Money;
using Xunit;

namespace Marketplace.Properties.BillingPlans;

/// <summary>What a quantity costs by unit, package and tier, with the arithmetic beside each example.</summary>
public sealed class QuantityPriceLaws
{
    private static readonly Gen<decimal> Amount = Gen.Choose(0, 32_000).Select(eighths => eighths / 8m);

    /// <summary>Up to 1000 at 0.05, up to 5000 at 0.02 and 3.00 at once, above at 0.01.</summary>
    private static readonly Seq<PriceStep> Steps = Prelude.Seq(
        new PriceStep(1000m, new Usd(0.05m), Usd.Zero),
        new PriceStep(5000m, new Usd(0.02m), new Usd(3.00m)),
        new PriceStep(Prelude.None, new Usd(0.01m), Usd.Zero));

    [Fact]
    public void The_generator_knows_every_kind_of_price() => Union.IsKnownTo(AnyPricing.Quantity);

    [Fact]
    public void More_of_a_unit_a_package_or_a_graduated_price_never_costs_less() =>
        Law.Holds(
            from price in AnyPricing.Rising from less in Amount from more in Amount select (price, less, more: less + more),
            given => given.price.Of(given.less) <= given.price.Of(given.more));

    [Fact]
    public void Within_a_step_more_at_a_volume_price_never_costs_less() =>
        Law.Holds(
            from price in AnyPricing.Volume
            from one in Amount
            from other in Amount
            select (price: (QuantityPrice.Volume)price, less: Math.Min(one, other), more: Math.Max(one, other)),
            given => StepOf(given.price, given.less) != StepOf(given.price, given.more) || given.price.Of(given.less) <= given.price.Of(given.more));

    [Fact]
    public void Nothing_costs_nothing() =>
        Law.Holds(AnyPricing.Quantity, price => price.Of(0m) == Usd.Zero);

    [Fact]
    public void A_price_costs_if_and_only_if_some_quantity_does() =>
        Law.Holds(AnyPricing.Quantity, price => price.Costs || price.Of(1_000_000m) == Usd.Zero);

    [Fact]
    public void However_a_graduated_price_is_cut_into_steps_each_unit_is_paid_once() =>
        Law.Holds(
            from price in AnyPricing.Volume
            from quantity in Gen.Choose(0, 4_000)
            let steps = ((QuantityPrice.Volume)price).Steps.Map(step => step with { UnitPrice = new Usd(1m), Flat = Usd.Zero }).Strict()
            select (price: new QuantityPrice.Graduated(steps), quantity),
            given => given.price.Of(given.quantity).Amount == given.quantity);

    [Fact]
    public void The_ranges_of_steps_follow_each_other_and_hold_every_quantity_once() =>
        Law.Holds(
            from price in AnyPricing.Volume from quantity in Amount.Where(quantity => quantity > 0) select ((QuantityPrice.Volume)price, quantity),
            given => given.Item1.Steps.Ranges().Count(range =>
                range.From < given.quantity && range.Step.UpTo.ForAll(most => given.quantity <= most)) == 1);

    [Fact]
    public void Packages_are_enough_and_no_more() =>
        Law.Holds(
            from size in Gen.Choose(1, 20_000) from quantity in Amount select (size: size / 8m, quantity),
            given =>
            {
                var packages = new QuantityPrice.Package(given.size, new Usd(1m)).Of(given.quantity).Amount;
                return packages * given.size >= given.quantity && (packages - 1) * given.size < given.quantity;
            });

    [Theory]
    // Packages of 1000 at 5.00: one is begun with the first, and a second with the 1001st.
    [InlineData(0, 0)]
    [InlineData(1, 5)]
    [InlineData(1000, 5)]
    [InlineData(1001, 10)]
    public void A_package_that_is_begun_is_paid_in_full(int quantity, int dollars) =>
        Assert.Equal(dollars, new QuantityPrice.Package(1000m, new Usd(5m)).Of(quantity).Amount);

    [Theory]
    [InlineData("1000", "50.00")]
    // 1000 * 0.05 = 50.00; 1 * 0.02 = 0.02; and 3.00 for entering the step.
    [InlineData("1001", "53.02")]
    // 50.00 + 4000 * 0.02 = 80.00 + 3.00
    [InlineData("5000", "133.00")]
    [InlineData("5000.5", "133.00")]
    // 133.00 + 1000 * 0.01
    [InlineData("6000", "143.00")]
    public void A_graduated_price_bills_each_unit_in_its_step(string quantity, string total) =>
        Assert.Equal(decimal.Parse(total), new QuantityPrice.Graduated(Steps).Of(decimal.Parse(quantity)).Amount);

    [Theory]
    [InlineData("1000", "50.00")]
    // 1001 * 0.02 = 20.02, and 3.00: less than for 1000. That is what volume prices do at the edge of a step.
    [InlineData("1001", "23.02")]
    [InlineData("5000", "103.00")]
    [InlineData("5001", "50.01")]
    public void A_volume_price_bills_all_units_by_the_step_of_the_last(string quantity, string total) =>
        Assert.Equal(decimal.Parse(total), new QuantityPrice.Volume(Steps).Of(decimal.Parse(quantity)).Amount);

    private static PriceRange StepOf(QuantityPrice.Volume price, decimal quantity) =>
        price.Steps.Ranges().Find(range => range.Step.UpTo.ForAll(most => quantity <= most)).IfNone(() => throw new InvalidOperationException());
}
