using LanguageExt;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Money;
using Marketplace.Core.Usage;
using static LanguageExt.Prelude;
using static Marketplace.Core.Products.BillingPlanRules;
using static Marketplace.Core.Products.CatalogueRules;

namespace Marketplace.Core.Products;

/// <summary>What the prices of a plan must keep, so that whatever is used can be billed.</summary>
internal static class PricingRules
{
    /// <param name="path">Of the plan's pricing.</param>
    internal static IEnumerable<CatalogueError> Check(Pricing pricing, string path, Seq<Metric> metrics) =>
    [
        .. Negative(pricing.Base, $"{path}.base"),
        .. Repeated(pricing.Metered, $"{path}.metered", "metric", price => price.Metric.Value),
        .. Each(pricing.Metered, $"{path}.metered", (price, at) => MeteredErrors(price, at, metrics)),
        .. When(pricing.Billed == BaseBilling.Advance && pricing.Base == Usd.Zero && pricing.Choices.IsEmpty, $"{path}.billed",
            "needs a base: what is used can only be billed when it is over"),
        .. InCents(pricing.OneTime, $"{path}.oneTime"),
        .. InCents(pricing.Minimum, $"{path}.minimum"),
        .. When(pricing.Minimum > Usd.Zero && pricing.Minimum <= pricing.Base, $"{path}.minimum", "must be more than the base, which is always paid"),
        .. Each(pricing.Discounts, $"{path}.discounts", DiscountErrors),
        .. Repeated(pricing.Discounts, $"{path}.discounts", "name", discount => discount.Name),
    ];

    private static IEnumerable<CatalogueError> MeteredErrors(MeteredPrice price, string path, Seq<Metric> metrics) =>
    [
        .. When(!metrics.Exists(metric => metric.Id == price.Metric), $"{path}.metric", $"{price.Metric} is not a metric of the product"),
        .. QuantityErrors(price.Price, path),
        .. Blank(price.Units, $"{path}.units"),
        .. When(price.Included < 0, $"{path}.included", "must not be negative"),
    ];

    private static IEnumerable<CatalogueError> QuantityErrors(QuantityPrice price, string path) =>
        price switch
        {
            QuantityPrice.PerUnit each => Negative(each.UnitPrice, $"{path}.unitPrice"),
            QuantityPrice.Package package =>
            [
                .. When(package.Size <= 0, $"{path}.package.size", "must be more than zero"),
                .. Negative(package.Price, $"{path}.package.price"),
            ],
            QuantityPrice.Graduated graduated => StepsErrors(graduated.Steps, $"{path}.tiers.steps"),
            QuantityPrice.Volume volume => StepsErrors(volume.Steps, $"{path}.tiers.steps"),
            _ => throw new System.Diagnostics.UnreachableException(price.GetType().Name),
        };

    /// <summary>Every quantity lies in exactly one step.</summary>
    private static IEnumerable<CatalogueError> StepsErrors(Seq<PriceStep> steps, string path) =>
    [
        .. When(steps.IsEmpty, path, "must have at least one step"),
        .. Each(steps, path, (step, at) =>
        [
            .. Negative(step.UnitPrice, $"{at}.unitPrice"),
            .. Negative(step.Flat, $"{at}.flat"),
        ]),
        .. steps.SelectMany((step, at) => step.UpTo.Match(
            most => at == steps.Count - 1
                ? [new($"{path}[{at}].upTo", "must be absent: the last step takes whatever is left")]
                : When(most <= (at == 0 ? 0m : steps[at - 1].UpTo.IfNone(0m)), $"{path}[{at}].upTo", "must be more than that of the step before"),
            () => When(at < steps.Count - 1, $"{path}[{at}].upTo", "is missing: only the last step has no end"))),
    ];

    private static IEnumerable<CatalogueError> DiscountErrors(Discount discount, string path) =>
    [
        .. Blank(discount.Name, $"{path}.name"),
        .. When(discount.Value is DiscountValue.Percent { Rate: <= 0m or > 100m }, $"{path}.percent", "must be above 0 and at most 100"),
        .. discount.Value is DiscountValue.Amount amount ? Amount(amount.Off, $"{path}.amount") : [],
        .. When(discount.Periods.Exists(count => count < 1), $"{path}.periods", "must be at least 1"),
    ];

    private static IEnumerable<CatalogueError> InCents(Usd amount, string path) =>
    [
        .. Negative(amount, path),
        .. When(amount.ToCents() != amount, path, "must be in whole cents"),
    ];
}
