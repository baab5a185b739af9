using System.Globalization;
using LanguageExt;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Usage;
using Marketplace.Shell.Charts;

namespace Marketplace.Shell.Dashboard;

/// <summary>A period drawn day by day: what adds up is drawn as it adds up, against what is included where something is.</summary>
internal static class UsageCharts
{
    public static UsageChartView Of(DailyUsage usage, Seq<Allowance> allowances)
    {
        var (metric, included) = (usage.Metric, PlanViews.IncludedIn(allowances, usage.Subject, usage.Metric));
        IReadOnlyList<string> days = [.. usage.Days.Select(on => on.Day.Start.ToString("d MMM", CultureInfo.InvariantCulture))];
        return included is { } limit
            ? new(
                new ChartView(Title(metric, "so far"), days,
                [
                    new("Used", ChartTone.Accent, [.. usage.Days.Select(on => on.PeriodValue)]),
                    new("Included", ChartTone.Quiet, [.. usage.Days.Select(_ => limit)]),
                ]),
                IsLine: true)
            : new(
                new ChartView(Title(metric, Each(metric.Kind)), days, [new(metric.Name, ChartTone.Accent, [.. usage.Days.Select(on => on.DayValue)])]),
                IsLine: metric.Kind == MetricKind.Total);
    }

    /// <summary>With its units, where the name does not say them.</summary>
    private static string Title(Metric metric, string when) =>
        string.Equals(metric.Name, metric.Units, StringComparison.OrdinalIgnoreCase) ? $"{metric.Name} {when}" : $"{metric.Name} {when}, {metric.Units}";

    private static string Each(MetricKind kind) =>
        kind switch
        {
            MetricKind.Total => "at the end of each day",
            MetricKind.Interval => "on each day",
            MetricKind.Rate => "at most on each day",
            _ => throw new System.Diagnostics.UnreachableException(kind.ToString()),
        };
}
