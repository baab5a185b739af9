using System.Diagnostics;
using System.Globalization;
using LanguageExt;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Money;
using static LanguageExt.Prelude;

namespace Marketplace.Shell.BillingPlans;

/// <summary>What a plan's card says of its price beside the cost of a month. Source: contract §C.1, <c>details</c>.</summary>
internal static class PriceDetails
{
    /// <summary>Everything that the catalogue does not describe in words of its own, by a detail of the same label.</summary>
    public static IEnumerable<PlanDetail> Of(PlanOffer offer)
    {
        PlanDetail[] said = [.. offer.Plan.Display.Details, .. offer.Plan.Display.HighlightedDetails];
        return Facts(offer.Plan.Pricing, offer.Quote.Metered)
            .Where(fact => !said.Any(detail => detail.Label == fact.Topic))
            .Select(fact => new PlanDetail(fact.Label, fact.Value));
    }

    private static Fact[] Facts(Pricing pricing, Seq<QuotedPrice> metered) =>
    [
        .. metered.SelectMany(Metered),
        .. Amount("Minimum charge", pricing.Minimum, "per month"),
        .. Amount("One-time charge", pricing.OneTime, "at sign-up"),
        .. pricing.Discounts.Select(discount => new Fact(discount.Name, discount.Name, Describe(discount))),
        .. pricing.Billed == BaseBilling.Advance ? (Fact[])[new Fact("Billing", "Billing", "in advance")] : [],
    ];

    private static IEnumerable<Fact> Metered(QuotedPrice quoted)
    {
        var (name, units) = (quoted.Name, quoted.Price.Units);
        foreach (var (part, value) in Parts(quoted.Price.Price, units))
            yield return new Fact(name, part.Length == 0 ? name : $"{name}, {part}", value);
        if (quoted.Price.Included > 0)
            yield return new Fact(name, $"{name}, included", $"{Text(quoted.Price.Included)} {units} per month");
    }

    private static IEnumerable<(string Part, string Value)> Parts(QuantityPrice price, string units) =>
        price switch
        {
            QuantityPrice.PerUnit each => [("", $"{Exact(each.UnitPrice)} each ({units})")],
            QuantityPrice.Package package => [("", $"{Exact(package.Price)} for each {Text(package.Size)} {units}, also when begun")],
            QuantityPrice.Graduated graduated => graduated.Steps.Ranges().AsEnumerable().Select(range => (range.Text, Describe(range.Step, $"each ({units})"))),
            QuantityPrice.Volume volume => volume.Steps.Ranges().AsEnumerable().Select(range => (range.Text, Describe(range.Step, $"each of all ({units})"))),
            _ => throw new UnreachableException(price.GetType().Name),
        };

    private static string Describe(PriceStep step, string each) =>
        step.Flat > Usd.Zero ? $"{Exact(step.UnitPrice)} {each}, and {Exact(step.Flat)}" : $"{Exact(step.UnitPrice)} {each}";

    private static string Describe(Discount discount)
    {
        var off = discount.Value switch
        {
            DiscountValue.Percent percent => $"{Text(percent.Rate)}% off",
            DiscountValue.Amount amount => $"{DisplayedAmount.Of(amount.Off)} off per month",
            _ => throw new UnreachableException(discount.Value.GetType().Name),
        };
        return discount.Periods.Match(count => count == 1 ? $"{off} in the first month" : $"{off} in the first {count} months", () => off);
    }

    private static IEnumerable<Fact> Amount(string label, Usd amount, string when) =>
        amount > Usd.Zero ? [new Fact(label, label, $"{DisplayedAmount.Of(amount)} {when}")] : [];

    private static string Exact(Usd amount) => $"${amount.Amount.ToString("0.00##########################", CultureInfo.InvariantCulture)}";

    private static string Text(decimal quantity) => quantity.ToString("0.############################", CultureInfo.InvariantCulture);

    /// <param name="Topic">The label by which the catalogue would say it.</param>
    private sealed record Fact(string Topic, string Label, string Value);
}
