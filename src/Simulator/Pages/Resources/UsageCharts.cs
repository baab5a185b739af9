using System.Collections.Immutable;
using System.Globalization;
using Marketplace.Simulator.Installations;
using Marketplace.Simulator.Pages.Site;
using Marketplace.Simulator.Usage;

namespace Marketplace.Simulator.Pages.Resources;

/// <summary>Draws what a provider has submitted, metric by metric. Source: contract D.7.</summary>
internal static class UsageCharts
{
    public const int Width = 320, Height = 96;

    private const int DaysShown = 31;

    /// <summary>The last day of each bar is what the provider said of it; the billing period is the one of the latest submission.</summary>
    public static UsageView Of(Installation installation, string resourceId)
    {
        ImmutableList<(string Day, BillingSubmission Said)> days =
            [.. installation.Billing.LatestByDay.TakeLast(DaysShown).Select(pair => (pair.Key, pair.Value))];
        if (days.IsEmpty)
        {
            return new(Period: null, ReceivedAt: null, [], [], Total: null);
        }

        var latest = days[^1].Said;
        var charges = latest.Items.FindAll(item => item.ResourceId == resourceId);
        var discounts = latest.Discounts.FindAll(discount => discount.ResourceId == resourceId);
        return new(
            $"{Words.Day(latest.Period.Start)} to {Words.Day(latest.Period.End)}", installation.Billing.Receipts.LastOrDefault()?.ReceivedAt,
            [
                .. from day in days
                   from usage in day.Said.Usage
                   where usage.ResourceId == resourceId
                   group (day.Day, usage) by usage.Name into metric
                   select Chart([.. metric]),
            ],
            [
                .. charges.Select(item => new ChargeRow(
                    item.Name, item.Details, $"{Words.Number(item.Quantity)} {item.Units}", Words.Dollars(item.UnitPrice), Words.Dollars(item.Amount))),
                .. discounts.Select(discount => new ChargeRow(discount.Name, discount.Details, "", "", $"-{Words.Dollars(discount.Amount)}")),
            ],
            charges.IsEmpty ? null : Words.Dollars(charges.Sum(item => item.Amount) - discounts.Sum(discount => discount.Amount)));
    }

    /// <summary>What is consumed adds up in the period, and so does its drawing; a level or a rate is drawn day by day.</summary>
    private static ChartView Chart(ImmutableList<(string Day, UsageValue Usage)> metric)
    {
        var latest = metric[^1].Usage;
        var addsUp = latest.Type == "interval";
        ImmutableList<(string Day, decimal Value)> values = metric.ConvertAll(one => (one.Day, addsUp ? one.Usage.PeriodValue : one.Usage.DayValue));
        var top = Math.Max(values.Max(one => one.Value), latest.PlanValue ?? 0);
        var scale = top == 0 ? 0 : Height / top;
        var step = (decimal)Width / Math.Max(values.Count, 7);
        var reading = Words.Number(addsUp ? latest.PeriodValue : latest.DayValue);
        return new(
            latest.Name, reading, latest.Units, latest.PlanValue is { } limit ? $"of {Words.Number(limit)}" : null,
            latest.PlanValue is { } line ? Place(Height - (line * scale)) : null, addsUp ? "so far in the period" : latest.Type == "rate" ? "per second" : "level",
            [
                .. values.Select((one, index) => new BarView(
                    one.Day, Words.Number(one.Value), Place(index * step), Place(Height - Tall(one.Value)), Place(step * 0.72m), Place(Tall(one.Value)))),
            ],
            values[0].Day, values[^1].Day,
            $"{latest.Name}: {reading} {latest.Units}{(latest.PlanValue is { } most ? $" of {Words.Number(most)}" : "")}, {Words.Count(values.Count, "day")} shown");

        // A day without usage is a hairline, and no gap.
        decimal Tall(decimal value) => Math.Max(value * scale, 1);
    }

    private static string Place(decimal number) => number.ToString("0.##", CultureInfo.InvariantCulture);
}
