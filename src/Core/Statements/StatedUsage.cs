using LanguageExt;
using Marketplace.Core.Balances;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Money;
using Marketplace.Core.Usage;

namespace Marketplace.Core.Statements;

/// <summary>What a subject used of one metric in the period, and from how much that follows.</summary>
/// <param name="Quantity">As Vercel is told, in the metric's units.</param>
/// <param name="Readings">Of its meter; for an installation as a whole, of all its resources.</param>
/// <param name="Events">That the provider's backend reported; likewise.</param>
/// <param name="Reported">The sum of those events.</param>
/// <param name="Late">The sum of what was reported when the period was closed: it is no part of the quantity, and billed with a later period.</param>
public sealed record StatedUsage(PlanSubject Subject, Metric Metric, decimal Quantity, long Readings, long Events, decimal Reported, decimal Late)
{
    public static StatedUsage Of(MetricUsage usage, Seq<MeterCount> meters)
    {
        var meant = meters
            .Filter(meter => meter.Metric == usage.Metric.Id && usage.Subject.Single.ForAll(resource => resource == meter.Resource))
            .Strict();
        return new StatedUsage(
            usage.Subject, usage.Metric, usage.PeriodValue, meant.Sum(meter => meter.Readings), meant.Sum(meter => meter.Events),
            meant.Sum(meter => meter.Quantity), meant.Sum(meter => meter.Late));
    }
}

/// <summary>What a prepayment plan was used for in the period, and how much of that is taken from its balance.</summary>
public sealed record StatedBurn(PrepaidUse Use, Usd Charged, Usd Burnt)
{
    /// <summary>What comes with the next hour.</summary>
    public Usd Left => Charged - Burnt;

    public static StatedBurn Of(PrepaidCharge charge, Seq<BalanceEntry> burns) =>
        new(charge.Use, charge.Total, Usd.Zero - Usd.Sum(burns
            .Filter(entry => entry.Burnt.Exists(burnt => burnt.Use == charge.Use))
            .Map(entry => entry.Amount)));
}
