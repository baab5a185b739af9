using System.Globalization;
using Marketplace.Core.Money;
using Marketplace.Core.Products;
using Marketplace.Shell.Charts;
using Marketplace.Shell.Dashboard;
using Marketplace.Shell.Invoices;
using Marketplace.Shell.OperatorConsole.Pages;

namespace Marketplace.Shell.OperatorConsole.Overview;

/// <summary>GET /ops: how everything stands, and what needs a person.</summary>
internal static class OverviewEndpoint
{
    public static readonly RequestDelegate Route = OperatorEndpoint.Page(Handle);

    private const int HoursShown = 24;

    private static async Task<IResult> Handle(Operator person, OverviewStore store, Catalogue catalogue)
    {
        var reading = await store.Read();
        var today = new DateTimeOffset(reading.At.UtcDateTime.Date, TimeSpan.Zero);
        var days = Enumerable.Range(0, OverviewStore.Days).Select(day => today.AddDays(day + 1 - OverviewStore.Days)).ToList();
        return OperatorPage.Of<OverviewPage>(person.Frame, new OverviewView(
            MomentView.Of(reading.At), reading.At.UtcDateTime.ToString("MMMM yyyy", CultureInfo.InvariantCulture),
            Tiles(reading), OverviewTroubles.Of(reading.Troubles), Products(reading, catalogue),
            OverviewUsage.Of(reading, catalogue, days), reading.Days.LastOrNone().MatchUnsafe<MomentView?>(day => MomentView.Of(day.CountedAt), () => null),
            Installs(reading, days), Revenue(reading, days), Reports(reading)));
    }

    private static IReadOnlyList<TileView> Tiles(OverviewReading reading)
    {
        var month = OverviewStore.MonthOf(reading.At);
        var billed = reading.Billed.Where(day => day.Day >= month).ToList();
        var slots = reading.Slots.Where(hour => hour.Start >= month).Aggregate(Usage.SlotCounts.None, (sum, hour) => sum + hour.Slots);
        var (told, all) = (slots.Sent + slots.Confirmed + slots.Superseded, slots.All - slots.Untold);
        return
        [
            new("Installations", Count(Stage("active")), Stage("uninstalling") is > 0 and var leaving ? $"and {Count(leaving)} leaving" : null, $"{OperatorPaths.Root}/installations"),
            new("Resources", Count(reading.Resources.Sum(one => one.Count)), null, $"{OperatorPaths.Root}/resources"),
            new("Invoiced this month", Shown.Money(Sum(billed)), billed.Sum(day => day.Invoices) is var invoices && invoices == 1 ? "1 invoice" : $"{Count(invoices)} invoices", null),
            new("Paid of it", Shown.Money(Sum(billed.Where(day => day.State is "paid"))), null, null),
            Unbilled(reading),
            new("Hours of usage told this month", Count(told), all == 0 ? null : $"{Percent(told, all)} of {Count(all)} that are over", null),
        ];

        long Stage(string stage) => reading.Installations.Where(one => one.Stage == stage).Sum(one => one.Count);
    }

    /// <summary>Bills of the day before are still those under way until the first hour of the day is told.</summary>
    private static TileView Unbilled(OverviewReading reading) =>
        reading.Days.LastOrNone().Filter(last => last.Day >= reading.At.AddDays(-2)).Match(
            last => new TileView("To be invoiced so far", Shown.Money(last.Total), $"{Count(last.Bills)} {(last.Bills == 1 ? "bill" : "bills")} under way, as told to Vercel", null),
            () => new TileView("To be invoiced so far", "–", "Nothing was told of the last days.", null));

    private static IReadOnlyList<ProductRow> Products(OverviewReading reading, Catalogue catalogue) =>
    [
        .. reading.Resources.GroupBy(one => one.Product, StringComparer.Ordinal)
            .Select(product => (
                Name: catalogue.Product(new ProductId(product.Key)).Match(known => known.Name, () => product.Key),
                Of: (Func<string[], string>)(states => Count(product.Where(one => states.Contains(one.Status, StringComparer.Ordinal)).Sum(one => one.Count))),
                All: product.Sum(one => one.Count)))
            .OrderByDescending(product => product.All).ThenBy(product => product.Name, StringComparer.Ordinal)
            .Select(product => new ProductRow(
                product.Name, product.Of(["ready", "resumed"]), product.Of(["pending", "onboarding"]), product.Of(["suspended"]), product.Of(["error"]),
                Count(product.All))),
    ];

    private static ChartView Installs(OverviewReading reading, IReadOnlyList<DateTimeOffset> days) => new(
        "Installs and uninstalls by day", [.. days.Select(Day)],
        [
            new("Installed", ChartTone.Accent, OnDays(days, day => reading.Installs.Where(one => one.Day == day).Sum(one => (decimal)one.Count))),
            new("Uninstalled", ChartTone.Quiet, OnDays(days, day => reading.Uninstalls.Where(one => one.Day == day).Sum(one => (decimal)one.Count))),
        ]);

    private static ChartView Revenue(OverviewReading reading, IReadOnlyList<DateTimeOffset> days)
    {
        return new ChartView(
            "Invoiced by day", [.. days.Select(Day)],
            [
                new("Paid", ChartTone.Good, On("paid")),
                new("Open", ChartTone.Busy, On("drafted", "submitted", "known", "accepted")),
                new("Unpaid", ChartTone.Bad, On("notpaid", "overdue")),
                new("Given back", ChartTone.Quiet, On("refund_requested", "refunded")),
            ],
            amount => Shown.Money(new Usd(amount)));

        IReadOnlyList<decimal> On(params string[] states) => OnDays(days, day =>
            Sum(reading.Billed.Where(one => one.Day == day && states.Contains(one.State, StringComparer.Ordinal))).Amount);
    }

    private static ChartView Reports(OverviewReading reading)
    {
        var hours = reading.Slots.TakeLast(HoursShown).ToList();
        return new ChartView(
            "Usage reports by hour", [.. hours.Select(hour => hour.Start.UtcDateTime.ToString("HH:mm", CultureInfo.InvariantCulture))],
            [
                new("Told", ChartTone.Good, [.. hours.Select(hour => (decimal)(hour.Slots.Sent + hour.Slots.Confirmed + hour.Slots.Superseded))]),
                new("Still to tell", ChartTone.Busy, [.. hours.Select(hour => (decimal)hour.Slots.Due)]),
                new("Refused or dead", ChartTone.Bad, [.. hours.Select(hour => (decimal)(hour.Slots.Refused + hour.Slots.Dead))]),
            ]);
    }

    private static IReadOnlyList<decimal> OnDays(IReadOnlyList<DateTimeOffset> days, Func<DateTimeOffset, decimal> of) => [.. days.Select(of)];

    private static Usd Sum(IEnumerable<InvoicedDay> days) => days.Aggregate(Usd.Zero, (sum, day) => sum + day.Total);

    private static string Day(DateTimeOffset day) => day.UtcDateTime.ToString("d MMM", CultureInfo.InvariantCulture);

    private static string Count(long count) => Shown.Quantity(count);

    /// <summary>All of it only where nothing is missing.</summary>
    private static string Percent(long part, long whole) => $"{Math.Floor(1000m * part / whole) / 10:0.#} %";
}
