using LanguageExt;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Money;
using Marketplace.Core.Products;
using Marketplace.Core.Time;

namespace Marketplace.Core.Usage;

/// <summary>
/// What the report of an hour tells of its day, product by product, and what the period costs so far: what everybody's days are added up from,
/// without reading what anybody used again. Source: contract §D.7.
/// </summary>
/// <param name="AsOf">The moment that the report tells of: of two of a day, the later one knows more.</param>
/// <param name="Total">What the period costs so far, as the report bills it.</param>
/// <param name="OpenUntil">From then on it is no interim bill any more: the period is over, or the installation.</param>
/// <param name="Usage">Of the day; of each product and metric at most once, and nothing of metrics that were never measured.</param>
public sealed record ToldDay(UsageDay Day, DateTimeOffset AsOf, Usd Total, DateTimeOffset OpenUntil, Seq<ProductUsage> Usage)
{
    /// <param name="report">Made from the same installation.</param>
    /// <param name="life">Of the installation.</param>
    public static ToldDay Of(UsageSubmission report, Lifetime life, BilledInstallation billed)
    {
        var usage =
            from one in report.Usage
            from id in one.Subject.Single.ToSeq()
            join resource in billed.Resources on id equals resource.Id
            group one.DayValue by (resource.Product, one.Metric) into same
            select new ProductUsage(same.Key.Product, same.Key.Metric, MetricUsage.Together(same.Key.Metric.Kind, same.ToSeq()));
        return new ToldDay(
            UsageDay.Of(report.Slot.Start), report.Timestamp, report.Billing.Total,
            life.End.Filter(end => end < report.Period.End).IfNone(report.Period.End), usage.ToSeq().Strict());
    }
}

/// <summary>What all resources of a product used of a metric on a day.</summary>
/// <param name="DayValue">Levels and amounts added up, of rates the highest; in the metric's units, not negative.</param>
public sealed record ProductUsage(ProductId Product, Metric Metric, decimal DayValue);
