using System.Diagnostics;
using System.Globalization;
using LanguageExt;
using Marketplace.Core.Money;
using static LanguageExt.Prelude;

namespace Marketplace.Core.BillingPlans;

/// <summary>What a quantity costs.</summary>
/// <remarks>
/// More never costs less, but for <see cref="Volume"/>: there the first unit of the next step may make all units cheaper. Packages and
/// steps are of what one period uses, and are not prorated.
/// </remarks>
public abstract record QuantityPrice
{
    private QuantityPrice() { }

    /// <summary>Each unit at the same price.</summary>
    /// <param name="UnitPrice">Exact, often with many decimals; not negative.</param>
    public sealed record PerUnit(Usd UnitPrice) : QuantityPrice;

    /// <summary>Whole packages: one that is begun is paid in full.</summary>
    /// <param name="Size">Units in a package; above zero.</param>
    /// <param name="Price">Of a package; not negative.</param>
    public sealed record Package(decimal Size, Usd Price) : QuantityPrice;

    /// <summary>Each unit at the price of the step in which it lies.</summary>
    /// <param name="Steps">At least one, rising; the last has no end.</param>
    public sealed record Graduated(Seq<PriceStep> Steps) : QuantityPrice;

    /// <summary>All units at the price of the step in which the last of them lies.</summary>
    /// <param name="Steps">At least one, rising; the last has no end.</param>
    public sealed record Volume(Seq<PriceStep> Steps) : QuantityPrice;

    /// <summary>Whether any quantity costs something.</summary>
    public bool Costs => this switch
    {
        PerUnit price => price.UnitPrice > Usd.Zero,
        Package price => price.Price > Usd.Zero,
        Graduated price => price.Steps.Exists(step => step.Costs),
        Volume price => price.Steps.Exists(step => step.Costs),
        _ => throw new UnreachableException(GetType().Name),
    };

    /// <summary>What a quantity comes to, in whole cents: the sum of its parts, each rounded once.</summary>
    public Usd Of(decimal quantity) => Usd.Sum(Parts(quantity, "").Map(part => part.Total));

    /// <summary>What a quantity is billed as: at least one part, unless it lies where all is free.</summary>
    /// <param name="quantity">Not negative.</param>
    /// <param name="units">Of the quantity.</param>
    internal Seq<PricedPart> Parts(decimal quantity, string units) => this switch
    {
        PerUnit price => Seq1(new PricedPart("", price.UnitPrice, quantity, units)),
        Package price => Seq1(new PricedPart("", price.Price, decimal.Ceiling(quantity / price.Size), $"{Text(price.Size)} {units}")),
        Graduated price => price.Steps.Ranges()
            .Filter(range => range.From == 0 || range.From < quantity)
            .SelectMany(range => Parts(range, Math.Min(quantity, range.Step.UpTo.IfNone(quantity)) - range.From, units))
            .ToSeq()
            .Strict(),
        Volume price => price.Steps.Ranges()
            .Find(range => range.Step.UpTo.ForAll(most => quantity <= most))
            .Match(range => Parts(range, quantity, units).ToSeq().Strict(), () => Seq<PricedPart>()),
        _ => throw new UnreachableException(GetType().Name),
    };

    private static IEnumerable<PricedPart> Parts(PriceRange range, decimal quantity, string units)
    {
        if (range.Step.UnitPrice > Usd.Zero)
        {
            yield return new PricedPart(range.Text, range.Step.UnitPrice, quantity, units);
        }

        if (range.Step.Flat > Usd.Zero && quantity > 0)
        {
            yield return new PricedPart($"{range.Text}, flat", range.Step.Flat, 1m, "flat");
        }
    }

    internal static string Text(decimal quantity) => quantity.ToString("0.############################", CultureInfo.InvariantCulture);
}

/// <summary>One part of what a quantity costs.</summary>
/// <param name="Details">Which part; blank where there is one only.</param>
internal sealed record PricedPart(string Details, Usd Price, decimal Quantity, string Units)
{
    public Usd Total => (Price * Quantity).ToCents();
}
