using System.Globalization;
using Marketplace.Core.Installations;
using Marketplace.Core.Time;
using Marketplace.Shell.Charts;
using Marketplace.Shell.Dashboard;
using Marketplace.Shell.OperatorConsole.Billing.Pages;
using Marketplace.Shell.OperatorConsole.Runbook;
using Marketplace.Shell.OperatorConsole.Tables;
using Marketplace.Shell.Usage;
using static LanguageExt.Prelude;

namespace Marketplace.Shell.OperatorConsole.Billing;

/// <summary>GET /ops/billing: the slot ledger by the hour, of everybody or of one installation.</summary>
internal static class LedgerEndpoint
{
    public static readonly RequestDelegate Route = OperatorEndpoint.Page(Handle);

    private const int DaysMax = 31;
    private const int DaysUsually = 7;

    private static readonly string[] HoursOfDay = [.. Enumerable.Range(0, 24).Select(hour => $"{hour:00}:00")];

    private static async Task<IResult> Handle(
        Operator person, string? until, string? days, string? installation, LedgerHours ledger, OperatorMessages messages, TimeProvider clock,
        CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        var end = (Day(until) ?? UsageDay.Of(now).Start).AddDays(1);
        var shown = Days(days);
        var range = new TimeRange(end.AddDays(-shown), end);
        var one = string.IsNullOrWhiteSpace(installation) ? null : installation.Trim();
        var hours = one is null
            ? await ledger.OfEverybody(range, cancel)
            : await ledger.Of(new InstallationId(one), range, cancel);
        return hours is null
            ? messages.NoSuch(person.Frame, "Installation", BillingPaths.Root, "To everybody's ledger")
            : OperatorPage.Of<LedgerPage>(person.Frame, View(hours, range, shown, one, now));
    }

    private static LedgerView View(IReadOnlyList<LedgerHour> hours, TimeRange range, int days, string? installation, DateTimeOffset now)
    {
        var all = hours.Aggregate(SlotCounts.None, (sum, hour) => sum + hour.Slots);
        var known = hours.ToDictionary(hour => hour.Start);
        var rows = Enumerable.Range(0, days)
            .Select(day => range.End.AddDays(-1 - day))
            .Where(day => day <= now)
            .Select(day => Row(day, known, installation, now))
            .ToList();
        var trouble = hours.Where(hour => hour.Slots.Dead + hour.Slots.Refused > 0).Reverse().Take(10);
        return new LedgerView(
            installation, Text(range.End.AddDays(-1)), days,
            [.. SlotWords.States.Select(state => new LedgerSum(
                state.State, state.Label, SlotWords.Count(state.Of(all)), SumLink(state.State, range, installation),
                state.State is "dead" or "refused" && state.Of(all) > 0))],
            all.Untold == 0 ? null : SlotWords.Count(all.Untold),
            new HeatMapView(
                installation is null ? "Slots of everybody by the hour" : $"Slots of {installation} by the hour", "Day", HoursOfDay, rows,
                SlotWords.Legend),
            installation is null
                ? []
                :
                [
                    new(BillingPaths.Installation(installation), "The installation"), new(BillingPaths.InvoicesOf(installation), "Its invoices"),
                    new(BillingPaths.StatementsOf(installation), "Its statements"), new(BillingPaths.BalancesOf(installation), "Its balances"),
                    new(BillingPaths.SlotsOf(installation), "Its slots"),
                ],
            [.. trouble.Select(hour => new LedgerTrouble(
                SlotWords.Hour(hour.Start), Link(hour, installation), SlotWords.Text(hour.Slots)))],
            [
                .. all.Dead > 0 ? Seq1(new MessageLink(RunbookLinks.UsageLost, "What to do about dead hours")) : [],
                .. all.Refused > 0 ? Seq1(new MessageLink(RunbookLinks.UsageRefused, "What to do about refused hours")) : [],
                .. hours.Any(hour => SlotWords.IsLate(hour, now)) ? Seq1(new MessageLink(RunbookLinks.UsageLate, "What to do about late hours")) : [],
            ]);
    }

    private static HeatRow Row(DateTimeOffset day, Dictionary<DateTimeOffset, LedgerHour> known, string? installation, DateTimeOffset now) => new(
        day.UtcDateTime.ToString("d MMM", CultureInfo.InvariantCulture), null,
        [
            .. Enumerable.Range(0, 24).Select(at => known.TryGetValue(day.AddHours(at), out var hour)
                ? new HeatCell(
                    SlotWords.Tone(hour, now), SlotWords.Text(hour.Slots), Link(hour, installation))
                : new HeatCell(ChartTone.None, "not over yet")),
        ]);

    /// <summary>To those of the hour that give it its colour. What nobody told is nowhere.</summary>
    private static string? Link(LedgerHour hour, string? installation) =>
        SlotWords.Worst(hour.Slots) is not { } state ? null
        : BillingPaths.Hour(hour.Start, state) + (installation is null ? null : $"&installation={Uri.EscapeDataString(installation)}");

    /// <summary>What is due is listed by what it waits for, and what is confirmed by the hour.</summary>
    private static string? SumLink(string state, TimeRange range, string? installation)
    {
        var of = installation is null ? null : $"&installation={Uri.EscapeDataString(installation)}";
        return state switch
        {
            "due" => BillingPaths.Waiting + (installation is null ? null : $"?q={Uri.EscapeDataString(installation)}"),
            "confirmed" when installation is null => null,
            _ => $"{BillingPaths.Slots}?state={state}&since={Text(range.Start)}&until={Text(range.End.AddDays(-1))}{of}",
        };
    }

    private static DateTimeOffset? Day(string? text) =>
        string.IsNullOrEmpty(text) ? null
        : TableQuery.TryDay(text, out var day) ? day : throw new BadHttpRequestException("\"until\" is a day like 2027-01-31.");

    private static int Days(string? text) =>
        string.IsNullOrEmpty(text) ? DaysUsually
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var days) && days is >= 1 and <= DaysMax
            ? days : throw new BadHttpRequestException($"\"days\" is a number from 1 to {DaysMax}.");

    private static string Text(DateTimeOffset day) => day.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}

/// <param name="Installation">Null for everybody.</param>
/// <param name="Until">The last day, as its field has it.</param>
/// <param name="Untold">How many hours nobody told because the installation was over; null where there are none.</param>
/// <param name="Links">What else there is of the installation.</param>
/// <param name="Trouble">The newest hours with something dead or refused.</param>
/// <param name="Help">What the runbook says about what is amiss.</param>
public sealed record LedgerView(
    string? Installation, string Until, int Days, IReadOnlyList<LedgerSum> Sums, string? Untold, HeatMapView Map,
    IReadOnlyList<MessageLink> Links, IReadOnlyList<LedgerTrouble> Trouble, IReadOnlyList<MessageLink> Help);

/// <param name="Address">Where they are listed; null where nobody could read them all.</param>
public sealed record LedgerSum(string State, string Label, string Count, string? Address, bool IsBad);

public sealed record LedgerTrouble(string Hour, string? Address, string Text);
