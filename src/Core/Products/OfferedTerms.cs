using System.Diagnostics;
using System.Globalization;
using LanguageExt;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Money;
using Marketplace.Core.Usage;

namespace Marketplace.Core.Products;

/// <summary>
/// What a plan promises whoever has it: what it costs, how that is billed, and what comes with it. What only its card says, and whether it is
/// still sold, is no part of it.
/// </summary>
internal static class OfferedTerms
{
    /// <param name="metrics">Those that the plan prices.</param>
    public static Seq<Term> Of(BillingPlan plan, Seq<Metric> metrics) =>
        OfPlan(plan).Concat(OfPricing(plan.Pricing)).Concat(metrics.SelectMany(OfMetric)).ToSeq().Strict();

    private static IEnumerable<Term> OfPlan(BillingPlan plan) =>
    [
        new("type", plan.Type.ToString()),
        new("scope", plan.Scope.ToString()),
        new("paymentMethodRequired", Text(plan.PaymentMethodRequired)),
        .. Maybe("maxResources", plan.ResourcesMax.Map(max => Text(max))),
        .. Maybe("minimumAmount", plan.Display.MinimumAmount.Map(Text)),
        .. Maybe("maximumAmount", plan.Display.MaximumAmount.Map(Text)),
        .. Maybe("maximumAmountAutoPurchasePerPeriod", plan.Display.MaximumAutoPurchasePerPeriod.Map(Text)),
        .. Listed("changesAtPeriodEnd", plan.ChangesAtPeriodEnd.Map(other => other.Name).Order(StringComparer.Ordinal)),
        .. plan.Settings.Select(setting => new Term($"settings.{setting.Key}", setting.Value)),
        .. Maybe("balance.lowAt", plan.Balance.LowAt.Map(Text)),
        new("balance.atZero", AtZeroText(plan.Balance.AtZero)),
    ];

    private static IEnumerable<Term> OfPricing(Pricing pricing) =>
    [
        new("pricing.base", Text(pricing.Base)),
        new("pricing.billed", pricing.Billed.ToString()),
        new("pricing.oneTime", Text(pricing.OneTime)),
        new("pricing.minimum", Text(pricing.Minimum)),
        .. pricing.Metered.SelectMany(OfMetered),
        .. pricing.Choices.SelectMany(OfChoice),
        // They are deducted in their order.
        .. Listed("pricing.discounts", pricing.Discounts.Map(discount => discount.Name)),
        .. pricing.Discounts.SelectMany(OfDiscount),
    ];

    private static IEnumerable<Term> OfMetered(MeteredPrice price)
    {
        var path = $"pricing.metered[{price.Metric}]";
        return [.. OfQuantity(price.Price, path), new($"{path}.units", price.Units), new($"{path}.included", Text(price.Included))];
    }

    private static IEnumerable<Term> OfQuantity(QuantityPrice price, string path) =>
        price switch
        {
            QuantityPrice.PerUnit each => [new($"{path}.unitPrice", Text(each.UnitPrice))],
            QuantityPrice.Package package => [new($"{path}.package.size", Text(package.Size)), new($"{path}.package.price", Text(package.Price))],
            QuantityPrice.Graduated graduated => OfSteps(graduated.Steps, "graduated", $"{path}.tiers"),
            QuantityPrice.Volume volume => OfSteps(volume.Steps, "volume", $"{path}.tiers"),
            _ => throw new UnreachableException(price.GetType().Name),
        };

    private static IEnumerable<Term> OfSteps(Seq<PriceStep> steps, string mode, string path) =>
        steps
            .SelectMany((step, at) => (Term[])
            [
                .. Maybe($"{path}.steps[{at}].upTo", step.UpTo.Map(Text)),
                new($"{path}.steps[{at}].unitPrice", Text(step.UnitPrice)),
                new($"{path}.steps[{at}].flat", Text(step.Flat)),
            ])
            .Prepend(new Term($"{path}.mode", mode));

    private static IEnumerable<Term> OfChoice(ChoicePrice price) =>
        price switch
        {
            ChoicePrice.PerUnit each =>
            [
                new($"pricing.perUnit[{each.Property}].unitPrice", Text(each.UnitPrice)),
                new($"pricing.perUnit[{each.Property}].units", each.Units),
                new($"pricing.perUnit[{each.Property}].included", Text(each.Included)),
            ],
            ChoicePrice.PerValue values => values.Prices.Select(one => new Term($"pricing.perValue[{values.Property}].{one.Key}", Text(one.Value))),
            _ => throw new UnreachableException(price.GetType().Name),
        };

    private static IEnumerable<Term> OfDiscount(Discount discount)
    {
        var path = $"pricing.discounts[{discount.Name}]";
        return
        [
            discount.Value switch
            {
                DiscountValue.Percent percent => new($"{path}.percent", Text(percent.Rate)),
                DiscountValue.Amount amount => new($"{path}.amount", Text(amount.Off)),
                _ => throw new UnreachableException(discount.Value.GetType().Name),
            },
            .. Maybe($"{path}.periods", discount.Periods.Map(count => Text(count))),
        ];
    }

    private static IEnumerable<Term> OfMetric(Metric metric) =>
    [
        new($"metrics[{metric.Id}].type", metric.Kind.ToString()),
        new($"metrics[{metric.Id}].units", metric.Units),
        new($"metrics[{metric.Id}].aggregation",
            metric.Aggregation is Aggregation.Percentile percentile ? $"Percentile {Text(percentile.Rank)}" : metric.Aggregation.GetType().Name),
    ];

    private static string AtZeroText(AtZero atZero) =>
        atZero switch
        {
            AtZero.Stop => "stop",
            AtZero.Grace grace => $"grace of {Text((decimal)grace.Time.TotalHours)} hours",
            AtZero.Overdraft overdraft => $"overdraft up to {Text(overdraft.Max)}",
            _ => throw new UnreachableException(atZero.GetType().Name),
        };

    private static IEnumerable<Term> Maybe(string path, Option<string> value) =>
        value.Match<IEnumerable<Term>>(text => [new(path, text)], () => []);

    private static IEnumerable<Term> Listed(string path, IEnumerable<string> names) =>
        names.Any() ? [new(path, string.Join(", ", names))] : [];

    private static string Text(bool flag) => flag ? "true" : "false";

    private static string Text(Usd amount) => Text(amount.Amount);

    private static string Text(decimal number) => number.ToString("0.############################", CultureInfo.InvariantCulture);
}
