using FsCheck;
using FsCheck.Fluent;
using LanguageExt;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Money;
using static LanguageExt.Prelude;

namespace Marketplace.Properties.BillingPlans;

/// <summary>Every kind of price, and what may be around it. All keep the catalogue's rules.</summary>
internal static class AnyPricing
{
    private static readonly Gen<Usd> UnitPrice =
        Gen.OneOf(Gen.Choose(0, 3_000_000), Gen.Constant(25), Gen.Constant(0)).Select(millionths => new Usd(millionths / 1_000_000m));

    private static readonly Gen<Usd> Flat =
        Gen.OneOf(Gen.Constant(0), Gen.Choose(1, 5_000)).Select(cents => new Usd(cents / 100m));

    private static readonly Gen<Usd> Cents = Gen.Choose(1, 5_000).Select(cents => new Usd(cents / 100m));

    private static readonly Gen<Seq<PriceStep>> Steps =
        from widths in Gen.Choose(1, 1_000).ListOf().Select(some => some.Take(4).ToList())
        from unitPrices in UnitPrice.ListOf(widths.Count + 1)
        from flats in Flat.ListOf(widths.Count + 1)
        let ends = widths.Select((_, at) => Some((decimal)widths.Take(at + 1).Sum())).Append(Option<decimal>.None)
        select ends.Select((end, at) => new PriceStep(end, unitPrices[at], flats[at])).ToSeq().Strict();

    /// <summary>More of what is so priced never costs less.</summary>
    public static readonly Gen<QuantityPrice> Rising = Gen.OneOf(
        UnitPrice.Select(price => (QuantityPrice)new QuantityPrice.PerUnit(price)),
        from size in Gen.Choose(1, 20_000)
        from price in Flat
        select (QuantityPrice)new QuantityPrice.Package(size / 8m, price),
        Steps.Select(steps => (QuantityPrice)new QuantityPrice.Graduated(steps)));

    public static readonly Gen<QuantityPrice> Volume = Steps.Select(steps => (QuantityPrice)new QuantityPrice.Volume(steps));

    public static readonly Gen<QuantityPrice> Quantity = Gen.Frequency((3, Rising), (1, Volume));

    public static readonly Gen<DiscountValue> DiscountValue = Gen.OneOf(
        Gen.Choose(1, 200).Select(half => (DiscountValue)new DiscountValue.Percent(half / 2m)),
        Cents.Select(amount => (DiscountValue)new DiscountValue.Amount(amount)));

    public static readonly Gen<Seq<Discount>> Discounts =
        from values in DiscountValue.ListOf()
        from periods in Gen.OneOf(Gen.Constant(Option<int>.None), Gen.Choose(1, 3).Select(Some)).ListOf(3)
        select values.Take(3).Select((value, at) => new Discount($"Thanks {at}", value, periods[at])).ToSeq().Strict();

    /// <summary>Adds to a base and its metered prices whatever else a plan can cost; often nothing.</summary>
    public static readonly Gen<Func<Pricing, Pricing>> Around =
        from oneTime in Flat
        from minimum in Flat
        from discounts in Gen.OneOf(Gen.Constant(Seq<Discount>()), Discounts)
        from advance in Gen.Frequency((2, Gen.Constant(false)), (1, Gen.Constant(true)))
        select new Func<Pricing, Pricing>(pricing => pricing with
        {
            OneTime = oneTime,
            Minimum = minimum > Usd.Zero ? pricing.Base.ToCents() + minimum + new Usd(0.01m) : Usd.Zero,
            Discounts = discounts,
            Billed = advance && pricing.Base > Usd.Zero ? BaseBilling.Advance : BaseBilling.Arrears,
        });
}
