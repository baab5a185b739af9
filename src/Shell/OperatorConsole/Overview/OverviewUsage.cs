using System.Globalization;
using LanguageExt;
using Marketplace.Core.Products;
using Marketplace.Core.Usage;
using Marketplace.Shell.Charts;
using Marketplace.Shell.Dashboard;
using Marketplace.Shell.Usage;

namespace Marketplace.Shell.OperatorConsole.Overview;

/// <summary>What everybody used, by product and metric, as far as Vercel was told and it was counted.</summary>
internal static class OverviewUsage
{
    /// <summary>In the order of the catalogue; what it does not measure any more is left out, and so is what nobody has used.</summary>
    /// <param name="days">Those that are drawn, the last one today.</param>
    public static IReadOnlyList<UsageRow> Of(OverviewReading reading, Catalogue catalogue, IReadOnlyList<DateTimeOffset> days)
    {
        var known = reading.Usage.ToLookup(day => (day.Product, day.Metric));
        return
        [
            .. from product in catalogue.Products
               from metric in product.Metrics
               let told = known[(product.Id.Value, metric.Id.Value)].ToDictionary(day => day.Day, day => Value(metric, day))
               where told.Count > 0
               select Row(product.Name, metric, told, OverviewStore.MonthOf(reading.At), days),
        ];
    }

    /// <summary>Rates do not add up: everybody together was as fast as the fastest, at least.</summary>
    private static decimal Value(Metric metric, LedgerDayUsage day) => metric.Kind == MetricKind.Rate ? day.Highest : day.Total;

    private static UsageRow Row(
        string product, Metric metric, Dictionary<DateTimeOffset, decimal> told, DateTimeOffset month, IReadOnlyList<DateTimeOffset> days)
    {
        var today = days[^1];
        var ofMonth = told.Where(day => day.Key >= month).OrderBy(day => day.Key).ToList();
        return new UsageRow(
            product, metric.Name, string.Equals(metric.Name, metric.Units, StringComparison.OrdinalIgnoreCase) ? null : metric.Units, On(today), On(today.AddDays(-1)), ofMonth.Count == 0 ? null : Shown.Quantity(Month()),
            new ChartView(
                $"{metric.Name} of {product} by day, {metric.Units}", [.. days.Select(day => day.UtcDateTime.ToString("d MMM", CultureInfo.InvariantCulture))],
                [new(metric.Name, ChartTone.Accent, [.. days.Select(day => told.GetValueOrDefault(day))])]));

        string? On(DateTimeOffset day) => told.TryGetValue(day, out var value) ? Shown.Quantity(value) : null;

        // A level of the day under way is told of a part of everybody only, each hour anew.
        decimal Month() => metric.Kind switch
        {
            MetricKind.Interval => ofMonth.Sum(day => day.Value),
            MetricKind.Rate => ofMonth.Max(day => day.Value),
            MetricKind.Total => ofMonth.Where(day => day.Key < today).Append(ofMonth[0]).MaxBy(day => day.Key).Value,
            var other => throw new System.Diagnostics.UnreachableException(other.ToString()),
        };
    }
}
