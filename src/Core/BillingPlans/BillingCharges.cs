using LanguageExt;
using Marketplace.Core.Money;
using Marketplace.Core.Time;

namespace Marketplace.Core.BillingPlans;

/// <summary>
/// What a period costs so far: its lines and what is deducted from them. The same function makes the interim data and, at the period's
/// end, the invoice. Source: contract §D.7, §D.8.
/// </summary>
/// <param name="Lines">Those that come to nothing so far are among them.</param>
/// <param name="Discounts">Together never more than the lines of their subject and plan.</param>
public sealed record BillingCharges(Seq<BillingLine> Lines, Seq<BillingDiscount> Discounts)
{
    public static readonly BillingCharges None = new(Seq<BillingLine>.Empty, Seq<BillingDiscount>.Empty);

    /// <summary>The sum of the rounded lines without the rounded discounts, so that the parts equal the total; never negative.</summary>
    public Usd Total => Usd.Sum(Lines.Map(line => line.Total)) - Usd.Sum(Discounts.Map(discount => discount.Amount));

    /// <summary>Everything that subscriptions cost in the period up to a moment.</summary>
    /// <param name="asOf">What happened later is not known yet; a moment past the period's end is its end.</param>
    public static BillingCharges For(BillingPeriod period, DateTimeOffset asOf, BilledInstallation installation)
    {
        var lines = BillingLines.For(period, asOf, installation);
        return new BillingCharges(lines, BillingDiscounts.For(period, asOf, installation, lines));
    }

    /// <summary>
    /// What is invoiced at a moment at which plans are taken up or go on: the base of those that are billed in advance, from their
    /// beginning to the period's end, and one-time charges.
    /// </summary>
    /// <param name="asOf">In the period; the plans that are active then are taken to stay until its end.</param>
    public static BillingCharges InAdvance(BillingPeriod period, DateTimeOffset asOf, BilledInstallation installation)
    {
        var lines = BillingLines.InAdvance(period, asOf, installation);
        return new BillingCharges(lines, BillingDiscounts.For(period, asOf, installation, lines));
    }
}
