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
    public static Seq<PlanDetail> Of(PlanOffer offer)
    {
        var pricing = offer.Plan.Pricing;
        var said = offer.Plan.Display.Details.Concat(offer.Plan.Display.HighlightedDetails).Select(detail => detail.Label).ToHashSet(StringComparer.Ordinal);
        return offer.Quote.Metered
            .SelectMany(Metered)
            .Concat(Amount("Minimum charge", pricing.Minimum, "per month"))
            .Concat(Amount("One-time charge", pricing.OneTime, "at sign-up"))
            .Concat(pricing.Discounts.Select(discount => new Fact(discount.Name, discount.Name, Describe(discount))))
            .Concat(pricing.Billed == BaseBilling.Advance ? [new Fact("Billing", "Billing", "in advance")] : [])
            .Where(fact => !said.Contains(fact.Topic))
            .Select(fact => new PlanDetail(fact.Label, fact.Value))
            .ToSeq()
            .Strict();
    }

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
            QuantityPrice.Graduated graduated => graduated.Steps.Ranges().Select(range => (range.Text, Describe(range.Step, $"each ({units})"))),
            QuantityPrice.Volume volume => volume.Steps.Ranges().Select(range => (range.Text, Describe(range.Step, $"each of all ({units})"))),
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
