using FsCheck;
using FsCheck.Fluent;
using Marketplace.Core.Money;
using Xunit;

namespace Marketplace.Properties.Money;

public sealed class UsdLaws
{
    /// <summary>Up to a million dollars, to the millionth, often at half a cent.</summary>
    private static readonly Gen<Usd> Amount = Gen.OneOf(
        AnyNumber.Between(-1_000_000_000_000, 1_000_000_000_000).Select(millionths => new Usd(millionths / 1_000_000m)),
        Gen.Choose(-1_000, 1_000).Select(halves => new Usd(halves * 0.005m)));

    [Fact]
    public void Rounding_moves_by_half_a_cent_at_most_and_only_once() =>
        Law.Holds(
            Amount,
            amount => amount.ToCents() is var cents
                && Math.Abs((cents - amount).Amount) <= 0.005m
                && cents.ToCents() == cents
                && cents.Amount * 100m % 1m == 0m);

    [Fact]
    public void Rounding_keeps_order() =>
        Law.Holds(
            from one in Amount from other in Amount select (one, other),
            given => given.one <= given.other
                ? given.one.ToCents() <= given.other.ToCents()
                : given.one.ToCents() >= given.other.ToCents());

    [Fact]
    public void A_sum_is_the_same_in_any_order() =>
        Law.Holds(
            from amounts in Gen.ListOf(Amount)
            from shuffled in Gen.Shuffle(amounts.ToArray())
            select (amounts, shuffled),
            given => Usd.Sum(given.amounts) == Usd.Sum(given.shuffled)
                && Usd.Sum(given.amounts) == given.amounts.Aggregate(Usd.Zero, (sum, amount) => sum + amount));

    [Fact]
    public void A_whole_share_is_the_whole_and_shares_grow_with_their_part() =>
        Law.Holds(
            from cents in Gen.Choose(0, 10_000_000)
            from whole in AnyNumber.Between(1, 26_784_000_000_000)
            from one in AnyNumber.Between(0, whole)
            from other in AnyNumber.Between(0, whole)
            select (Amount: new Usd(cents / 100m), whole, Less: Math.Min(one, other), More: Math.Max(one, other)),
            given => given.Amount.Share(given.whole, given.whole) == given.Amount
                && given.Amount.Share(given.Less, given.whole) <= given.Amount.Share(given.More, given.whole)
                && given.Amount.Share(0, given.whole) == Usd.Zero);

    [Theory]
    [InlineData("0.005", "0.00")]
    [InlineData("0.015", "0.02")]
    [InlineData("0.025", "0.02")]
    [InlineData("4.6451612903", "4.65")]
    [InlineData("-0.015", "-0.02")]
    public void Halves_go_to_the_even_cent(string exact, string cents) =>
        Assert.Equal(decimal.Parse(cents), new Usd(decimal.Parse(exact)).ToCents().Amount);
}
