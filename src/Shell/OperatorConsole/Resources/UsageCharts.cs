using System.Globalization;
using LanguageExt;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Resources;
using Marketplace.Core.Time;
using Marketplace.Core.Usage;
using Marketplace.Shell.Charts;
using Marketplace.Shell.Dashboard;

namespace Marketplace.Shell.OperatorConsole.Resources;

/// <summary>What a resource used on each day of the period, by the same function as its reports: one chart for each metric.</summary>
internal static class UsageCharts
{
    public static IReadOnlyList<ChartView> Of(PeriodReading reading, ResourceId id)
    {
        if (reading.Billed is not { } billed || billed.Resources.Find(one => one.Id == id).Case is not SomeCase<BilledResource>(var resource))
            return [];

        var days = Days(reading).ToList();
        var used = days.Select(day => MetricUsage.Of(resource, reading.Period, day, reading.AsOf)).ToList();
        return
        [
            .. resource.Metrics.Where(metric => used[^1].Exists(usage => usage.Metric == metric)).Select(metric => new ChartView(
                $"{metric.Name} by day, {metric.Units}",
                [.. days.Select(day => day.Start.UtcDateTime.ToString("d MMM", CultureInfo.InvariantCulture))],
                [
                    new ChartSeries(metric.Name, ChartTone.Accent, [.. used.Select(ofDay => ofDay.Find(usage => usage.Metric == metric).Match(usage => usage.DayValue, () => 0m))]),
                ])),
        ];
    }

    /// <summary>Those that have begun.</summary>
    private static IEnumerable<UsageDay> Days(PeriodReading reading)
    {
        for (var day = UsageDay.Of(reading.Period.Start); day.Start <= reading.AsOf && day.Start < reading.Period.End; day = UsageDay.Of(day.End))
            yield return day;
    }
}
