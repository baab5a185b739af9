using LanguageExt;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Money;
using static LanguageExt.Prelude;
using static Marketplace.Core.Products.CatalogueRules;

namespace Marketplace.Core.Products;

/// <summary>What the price of a choice must keep, so that every form that can be filled in can also be quoted and billed.</summary>
internal static class ChoicePriceRules
{
    /// <summary>More units than anybody orders, and few enough that no price of them leaves the range of a decimal.</summary>
    private const decimal UnitsMax = 1_000_000_000m;

    /// <param name="path">Of the plan's pricing.</param>
    /// <param name="form">Of the product; empty where plans are not of a product.</param>
    internal static IEnumerable<CatalogueError> Check(Pricing pricing, string path, MetadataSchema form)
    {
        var (perUnit, perValue) = (pricing.Choices.OfType<ChoicePrice.PerUnit>().ToSeq().Strict(), pricing.Choices.OfType<ChoicePrice.PerValue>().ToSeq().Strict());
        return
        [
            .. Each(perUnit, $"{path}.perUnit", (price, at) => UnitErrors(price, at, form)),
            .. Each(perValue, $"{path}.perValue", (price, at) => ValueErrors(price, at, form)),
            .. Repeated(perUnit, $"{path}.perUnit", "property", price => price.Property),
            .. Each(perValue, $"{path}.perValue", (price, at) => When(
                pricing.Choices.TakeWhile(other => other != price).Any(other => other.Property == price.Property),
                $"{at}.property", $"{price.Property} is there already")),
        ];
    }

    private static IEnumerable<CatalogueError> UnitErrors(ChoicePrice.PerUnit price, string path, MetadataSchema form) =>
    [
        .. form.Fields.Find(field => field.Key == price.Property).Match(
            field => Limits(field.Control).Match(
                limits => When(Highest(limits).ForAll(most => most > UnitsMax), $"{path}.property",
                    $"{price.Property} needs a maximum, at most {UnitsMax:0}, so that nobody chooses what cannot be priced"),
                () => [new($"{path}.property", $"{price.Property} is neither a slider nor a number")]),
            () => Unknown(price, path)),
        .. When(price.UnitPrice < Usd.Zero, $"{path}.unitPrice", "must not be negative"),
        .. Blank(price.Units, $"{path}.units"),
        .. When(price.Included < 0, $"{path}.included", "must not be negative"),
    ];

    private static IEnumerable<CatalogueError> ValueErrors(ChoicePrice.PerValue price, string path, MetadataSchema form) =>
    [
        .. form.Fields.Find(field => field.Key == price.Property).Match(
            field => price.Prices.Keys.SelectMany(value => When(
                !IsOffered(field.Control, value), $"{path}.prices.{value}", $"is nothing that {price.Property} can be")),
            () => Unknown(price, path)),
        .. price.Prices.AsEnumerable().SelectMany(one => When(one.Value < Usd.Zero, $"{path}.prices.{one.Key}", "must not be negative")),
    ];

    private static IEnumerable<CatalogueError> Unknown(ChoicePrice price, string path) =>
        [new($"{path}.property", $"{price.Property} is not a property of the product's metadata")];

    private static Option<NumberLimits> Limits(MetadataControl control) => control switch
    {
        MetadataControl.Slider slider => slider.Limits,
        MetadataControl.NumberInput input => input.Limits,
        _ => None,
    };

    private static Option<decimal> Highest(NumberLimits limits) => limits.Max || limits.ExclusiveMax;

    private static bool IsOffered(MetadataControl control, string value) => control switch
    {
        MetadataControl.Select c => c.Options.Contains(value),
        MetadataControl.RadioButton c => c.Options.Contains(value),
        MetadataControl.MultiSelect c => c.Options.Contains(value),
        MetadataControl.Toggle => value is "true" or "false",
        MetadataControl.VercelRegion c => IsOffered(c.Regions, value),
        MetadataControl.MultiVercelRegion c => IsOffered(c.Regions, value),
        _ => false,
    };

    private static bool IsOffered(Seq<string> regions, string value) =>
        regions.IsEmpty ? MetadataFit.IsRegion(value) : regions.Contains(value);
}
