using System.Diagnostics;
using System.Globalization;
using Marketplace.Core.Time;
using Marketplace.Core.Usage;
using Marketplace.Shell.Charts;
using Marketplace.Shell.Dashboard;
using Marketplace.Shell.Usage;

namespace Marketplace.Shell.OperatorConsole.Billing;

/// <summary>How slots stand, in an operator's words.</summary>
internal static class SlotWords
{
    /// <summary>In the order in which they are read: each with its name in addresses, and its count.</summary>
    public static readonly IReadOnlyList<(string State, string Label, Func<SlotCounts, long> Of)> States =
    [
        ("dead", "Dead", slots => slots.Dead), ("refused", "Refused", slots => slots.Refused), ("due", "Due", slots => slots.Due),
        ("sent", "Sent", slots => slots.Sent), ("superseded", "Made good", slots => slots.Superseded),
        ("confirmed", "Confirmed", slots => slots.Confirmed),
    ];

    /// <summary>What each colour of the heat map means, the worst first.</summary>
    public static readonly IReadOnlyList<HeatMeaning> Legend =
    [
        new(ChartTone.Bad, "Some dead or refused"), new(ChartTone.Warn, "Some due for more than an hour"), new(ChartTone.Busy, "Some due or sent"),
        new(ChartTone.Quiet, "All told, some by a later report"), new(ChartTone.Good, "All confirmed"), new(ChartTone.None, "Nothing to tell"),
    ];

    /// <summary>The worst wins.</summary>
    public static ChartTone Tone(LedgerHour hour, DateTimeOffset now) =>
        hour.Slots switch
        {
            { Dead: > 0 } or { Refused: > 0 } => ChartTone.Bad,
            { Due: > 0 } or { Sent: > 0 } => IsLate(hour, now) ? ChartTone.Warn : ChartTone.Busy,
            { Superseded: > 0 } => ChartTone.Quiet,
            { Confirmed: > 0 } => ChartTone.Good,
            _ => ChartTone.None,
        };

    /// <summary>Whether something of it should have been told an hour ago.</summary>
    public static bool IsLate(LedgerHour hour, DateTimeOffset now) =>
        hour.Slots.Due + hour.Slots.Sent > 0 && now - hour.Start > TimeSpan.FromHours(2);

    /// <summary>The first of <see cref="States"/> that there is; null where nothing was to be told, or nobody told it.</summary>
    public static string? Worst(SlotCounts slots) => States.Where(state => state.Of(slots) > 0).Select(state => state.State).FirstOrDefault();

    /// <summary>What there is of, in words: <c>2 dead, 98 confirmed</c>.</summary>
    public static string Text(SlotCounts slots)
    {
        var parts = States.Where(state => state.Of(slots) > 0).Select(state => $"{Count(state.Of(slots))} {state.Label.ToLowerInvariant()}").ToList();
        if (slots.Untold > 0)
            parts.Add($"{Count(slots.Untold)} over untold");
        return parts.Count == 0 ? "nothing" : string.Join(", ", parts);
    }

    public static string Count(long number) => number.ToString("#,0", CultureInfo.InvariantCulture);

    public static string Hour(DateTimeOffset hour) => hour.UtcDateTime.ToString("d MMM yyyy, HH:00", CultureInfo.InvariantCulture);

    public static Mark Mark(string state) =>
        state switch
        {
            "due" => new Mark("Due", Dashboard.Tone.Busy),
            "sent" => new Mark("Sent, no answer", Dashboard.Tone.Busy),
            "confirmed" => new Mark("Confirmed", Dashboard.Tone.Good),
            "refused" => new Mark("Refused", Dashboard.Tone.Bad),
            "dead" => new Mark("Dead", Dashboard.Tone.Bad),
            "superseded" => new Mark("Made good", Dashboard.Tone.Quiet),
            _ => throw new UnreachableException(state),
        };

    /// <summary>What became of it, and what somebody can do.</summary>
    public static string Advice(ListedSlot slot, DateTimeOffset now) =>
        slot.State switch
        {
            "refused" or "dead" when CanBeSent(slot, now) =>
                "The next confirmed report of its period makes good for it. Where none comes, mend what is wrong and have it sent again.",
            "refused" or "dead" when now < slot.Period.End =>
                "Vercel takes it no more. The next confirmed report of its period makes good for it.",
            "refused" or "dead" =>
                "Vercel takes no report of the period any more. The invoice bills what was used all the same.",
            "superseded" => $"The report of {Hour((slot.By ?? slot.Hour).Start)} says the same.",
            "sent" => "It is sent again until Vercel answers.",
            _ => "",
        };

    /// <summary>Whether Vercel would still take it.</summary>
    public static bool CanBeSent(ListedSlot slot, DateTimeOffset now) =>
        slot.State is "refused" or "dead" && now <= UsageSubmission.SendableUntilFor(slot.Hour, slot.Period);
}
