using System.Globalization;
using LanguageExt;
using Marketplace.Core.Money;
using Marketplace.Core.Time;
using Marketplace.Shell.Charts;
using Marketplace.Shell.Dashboard;
using Marketplace.Shell.Invoices;
using Marketplace.Shell.OperatorConsole.Billing.Pages;
using Marketplace.Shell.OperatorConsole.Tables;
using Marketplace.Shell.Persistence;
using Npgsql;
using static LanguageExt.Prelude;

namespace Marketplace.Shell.OperatorConsole.Billing;

/// <summary>GET /ops/billing/revenue: what was invoiced in a month, what became of it, and what for.</summary>
internal static class RevenueEndpoint
{
    public static readonly RequestDelegate Route = OperatorEndpoint.Page(Handle);

    private const string MonthForm = "yyyy-MM";
    private const int UsesMax = 25;

    /// <summary>A test bills nobody, and what was skipped is on other invoices or given away.</summary>
    private static readonly InvoiceFilter Billing = InvoiceFilter.All with
    {
        States = InvoiceFilter.AllStates.Filter(state => state != "skipped").Strict(), Kinds = InvoiceFilter.AllKinds.Filter(kind => kind != "test").Strict(),
    };

    private static readonly IReadOnlyList<(string Label, ChartTone Tone, string[] States)> Fates =
    [
        ("Paid", ChartTone.Good, ["paid"]), ("On their way", ChartTone.Busy, ["drafted", "submitted", "known", "accepted"]),
        ("Not paid", ChartTone.Bad, ["notpaid", "overdue"]), ("Refused by Vercel", ChartTone.Warn, ["refused"]),
        ("Refunded", ChartTone.Quiet, ["refund_requested", "refunded"]),
    ];

    private static async Task<IResult> Handle(Operator person, string? month, NpgsqlDataSource database, TimeProvider clock, CancellationToken cancel)
    {
        var asked = Month(month, clock.GetUtcNow());
        var (shown, before) = (Billing with { Dated = asked.Range }, Billing with { Dated = BillingPeriod.MonthOf(asked.Start.AddTicks(-1)).Range });
        var loads = new Loads();
        var (days, daysBefore, uses) = (InvoiceListRows.Sums(loads, shown), InvoiceListRows.Sums(loads, before), InvoiceListRows.Lines(loads, shown, UsesMax));
        await loads.Read(database, cancel);
        return OperatorPage.Of<RevenuePage>(person.Frame, View(asked, clock.GetUtcNow(), days.Value, daysBefore.Value, uses.Value));
    }

    private static RevenueView View(
        BillingPeriod month, DateTimeOffset now, Seq<InvoicedDay> days, Seq<InvoicedDay> before, Seq<InvoicedUse> uses)
    {
        var all = Enumerable.Range(0, (int)(month.End - month.Start).TotalDays).Select(day => month.Start.AddDays(day)).TakeWhile(day => day <= now).ToList();
        return new RevenueView(
            month.Start.UtcDateTime.ToString("MMMM yyyy", CultureInfo.InvariantCulture),
            Link(month.Start.AddTicks(-1)), month.End <= now ? Link(month.End) : null,
            [
                new("Invoiced", Shown.Money(Sum(days)), Invoices(days)),
                .. Fates.Select(fate => (fate.Label, Days: days.Filter(day => fate.States.Contains(day.State)).Strict()))
                    .Select(fate => new RevenueSum(fate.Label, Shown.Money(Sum(fate.Days)), Invoices(fate.Days))),
                new("The month before", Shown.Money(Sum(before)), Invoices(before)),
            ],
            new ChartView(
                "Invoiced by day", [.. all.Select(day => day.UtcDateTime.ToString("d MMM", CultureInfo.InvariantCulture))],
                [.. Fates.Select(fate => new ChartSeries(
                    fate.Label, fate.Tone, [.. all.Select(day => Sum(days.Filter(one => one.Day == day && fate.States.Contains(one.State)).Strict()).Amount)]))],
                amount => Shown.Money(new Usd(amount))),
            [.. uses.Select(use => new UseRow(
                use.Plan, use.Name, InvoiceKindOf(use.Kind), $"{Shown.Quantity(use.Quantity)} {use.Units}", SlotWords.Count(use.Lines), Shown.Money(use.Total)))]);
    }

    private static Usd Sum(Seq<InvoicedDay> days) => Usd.Sum(days.Map(day => day.Total));

    private static string Invoices(Seq<InvoicedDay> days)
    {
        var count = days.Sum(day => day.Invoices);
        return $"{SlotWords.Count(count)} {(count == 1 ? "invoice" : "invoices")}";
    }

    private static string InvoiceKindOf(string kind) =>
        kind switch
        {
            "base" => "Base", "metered" => "Usage", "minimum" => "Minimum", "one-time" => "Once", "correction" => "Correction", "one-off" => "One-off",
            _ => kind,
        };

    private static string Link(DateTimeOffset month) =>
        $"{BillingPaths.Revenue}?month={month.UtcDateTime.ToString(MonthForm, CultureInfo.InvariantCulture)}";

    private static BillingPeriod Month(string? text, DateTimeOffset now) =>
        string.IsNullOrEmpty(text) ? BillingPeriod.MonthOf(now)
        : TableQuery.TryTime(text, MonthForm, out var month)
            ? BillingPeriod.MonthOf(month) : throw new BadHttpRequestException("\"month\" is a month like 2027-01.");
}

/// <param name="Next">Null in the month under way.</param>
public sealed record RevenueView(
    string Month, string Previous, string? Next, IReadOnlyList<RevenueSum> Sums, ChartView Days, IReadOnlyList<UseRow> Uses);

public sealed record RevenueSum(string Label, string Amount, string Invoices);

/// <summary>What invoices bill alike.</summary>
public sealed record UseRow(string Plan, string Name, string Kind, string Quantity, string Lines, string Total);
