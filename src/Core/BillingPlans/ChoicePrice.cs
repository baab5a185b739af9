using System.Diagnostics;
using System.Globalization;
using LanguageExt;
using Marketplace.Core.Money;
using Marketplace.Core.Resources;

namespace Marketplace.Core.BillingPlans;

/// <summary>What one choice in the product's form adds to a plan's base for a whole period. Source: contract §B.3, <c>metadata</c>.</summary>
/// <param name="Property">Of the form. Where nothing is chosen, nothing is added.</param>
public abstract record ChoicePrice(string Property)
{
    /// <summary>A number or a slider; where a slider has several, the highest counts.</summary>
    /// <param name="UnitPrice">For each unit above the included ones; not negative.</param>
    /// <param name="Included">In <paramref name="Units"/>; not negative.</param>
    public sealed record PerUnit(string Property, Usd UnitPrice, string Units, decimal Included) : ChoicePrice(Property);

    /// <summary>One of several values, a flag (<c>true</c>, <c>false</c>), or several values, each at its own price.</summary>
    /// <param name="Prices">What is not in here costs nothing; none is negative.</param>
    public sealed record PerValue(string Property, Map<string, Usd> Prices) : ChoicePrice(Property);

    /// <summary>Whether any value costs something.</summary>
    public bool Costs => this switch
    {
        PerUnit price => price.UnitPrice > Usd.Zero,
        PerValue price => price.Prices.Exists(one => one > Usd.Zero),
        _ => throw new UnreachableException(GetType().Name),
    };

    /// <summary>Not negative; nothing for a value of a kind that has no price.</summary>
    public Usd Of(MetadataValue value) => this switch
    {
        PerUnit price => price.UnitPrice * Math.Max(0m, CountOf(value) - price.Included),
        PerValue price => Usd.Sum(NamesOf(value).Distinct().Map(one => price.Prices.Find(one).IfNone(Usd.Zero))),
        _ => throw new UnreachableException(GetType().Name),
    };

    /// <summary>The choice as a quote and an invoice name it: <c>60 GB</c>, <c>large</c>.</summary>
    public string Describe(MetadataValue value) => this switch
    {
        PerUnit price => string.Create(CultureInfo.InvariantCulture, $"{CountOf(value):0.############################} {price.Units}"),
        PerValue => string.Join(", ", NamesOf(value)),
        _ => throw new UnreachableException(GetType().Name),
    };

    private static decimal CountOf(MetadataValue value) => value switch
    {
        MetadataValue.Number number => number.Value,
        MetadataValue.Numbers numbers => numbers.Values.Fold(0m, Math.Max),
        MetadataValue.Text or MetadataValue.Texts or MetadataValue.Flag => 0m,
        _ => throw new UnreachableException(value.GetType().Name),
    };

    private static Seq<string> NamesOf(MetadataValue value) => value switch
    {
        MetadataValue.Text text => Prelude.Seq1(text.Value),
        MetadataValue.Texts texts => texts.Values,
        MetadataValue.Flag flag => Prelude.Seq1(flag.Value ? "true" : "false"),
        MetadataValue.Number or MetadataValue.Numbers => Seq<string>.Empty,
        _ => throw new UnreachableException(value.GetType().Name),
    };
}
