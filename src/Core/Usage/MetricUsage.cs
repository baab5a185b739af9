using System.Diagnostics;
using LanguageExt;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Resources;
using Marketplace.Core.Time;
using static LanguageExt.Prelude;

namespace Marketplace.Core.Usage;

/// <summary>
/// Usage of one metric of one resource, or of an installation that is billed as a whole: running totals, never increments. Source:
/// contract §D.7, <c>usage[]</c>.
/// </summary>
/// <param name="DayValue">For the day up to the moment of the report, in the metric's units, not negative.</param>
/// <param name="PeriodValue">For the billing period up to the moment of the report; likewise.</param>
public sealed record MetricUsage(PlanSubject Subject, Metric Metric, decimal DayValue, decimal PeriodValue)
{
    /// <summary>
    /// The usage of each metric that has been measured, in the order of the catalogue. The same measurements give the same
    /// report in any order and any number.
    /// </summary>
    /// <param name="day">Shares time with the period.</param>
    /// <param name="asOf">What was measured later is left out.</param>
    public static Seq<MetricUsage> Of(BilledResource resource, BillingPeriod period, UsageDay day, DateTimeOffset asOf)
    {
        var elapsed = TimeRange.Between(period.Start, asOf < period.End ? asOf : period.End);
        var stayed = elapsed.ToSeq().Bind(range => resource.Stays.Bind(stay => stay.Within(range).ToSeq())).Strict();
        var stayedToday = stayed.Bind(range => range.Intersect(day.Range).ToSeq()).Strict();
        return resource.Metrics
            .Map(metric => (Metric: metric, Readings: Readings.Of(metric.Id, resource.Usage, asOf)))
            .Filter(known => !stayed.IsEmpty && (!known.Readings.IsEmpty || resource.Usage.KnowsAmounts(known.Metric.Id, asOf)))
            .Map(known => new MetricUsage(
                PlanSubject.Of(resource.Id),
                known.Metric,
                Aggregates.Reported(known.Metric, resource.Usage, known.Readings, stayedToday, asOf),
                Aggregates.Reported(known.Metric, resource.Usage, known.Readings, stayed, asOf)))
            .Strict();
    }

    /// <summary>
    /// The usage of the installation as a whole, then that of each resource by its id. Where each resource has its own plan there is
    /// no usage of the whole.
    /// </summary>
    public static Seq<MetricUsage> Of(BilledInstallation installation, BillingPeriod period, UsageDay day, DateTimeOffset asOf)
    {
        var each = installation.Resources
            .OrderBy(resource => resource.Id.Value, StringComparer.Ordinal)
            .Select(resource => (Resource: resource, Usage: Of(resource, period, day, asOf)))
            .ToSeq()
            .Strict();
        var covered = each
            .Filter(one => one.Resource.IsCoveredIn(period))
            .Bind(one => one.Usage.Filter(usage => usage.Metric.Kind != MetricKind.Total || one.Resource.IsHereAt(asOf)))
            .Strict();
        return Whole(installation.Metrics, covered).Concat(each.Bind(one => one.Usage)).ToSeq().Strict();
    }

    /// <summary>Levels and amounts add up. Rates do not: the whole was as fast as the fastest of its resources, at least.</summary>
    private static IEnumerable<MetricUsage> Whole(Seq<Metric> metrics, Seq<MetricUsage> covered) =>
        from metric in metrics
        let parts = covered.Filter(usage => usage.Metric == metric).Strict()
        where !parts.IsEmpty
        select new MetricUsage(
            PlanSubject.WholeInstallation, metric,
            Together(metric.Kind, parts.Map(part => part.DayValue)), Together(metric.Kind, parts.Map(part => part.PeriodValue)));

    internal static decimal Together(MetricKind kind, Seq<decimal> values) =>
        kind switch
        {
            MetricKind.Total or MetricKind.Interval => values.Sum(),
            MetricKind.Rate => values.Max(),
            _ => throw new UnreachableException(kind.ToString()),
        };
}
