using LanguageExt;
using static LanguageExt.Prelude;
using Marketplace.Core.Installations;
using Marketplace.Core.Time;
using Marketplace.Core.Usage;
using Marketplace.Shell.Billing;
using Marketplace.Shell.Dashboard;
using Marketplace.Shell.Http;
using Marketplace.Shell.OperatorConsole.Billing.Pages;
using Marketplace.Shell.OperatorConsole.Tables;
using Marketplace.Shell.Persistence;
using Marketplace.Shell.Usage;
using Npgsql;

namespace Marketplace.Shell.OperatorConsole.Billing;

/// <summary>/ops/billing/slots: single slots, with what became of them and why, and one more attempt. /ops/billing/waiting: what waits.</summary>
internal static class SlotEndpoints
{
    public static readonly RequestDelegate List = OperatorEndpoint.Page(ListSlots);

    public static readonly RequestDelegate Waiting = OperatorEndpoint.Page(ListWaiting);

    public static readonly RequestDelegate Resend = OperatorEndpoint.Action("resend usage", ResendSlot);

    private static readonly string[] Troubled = ["dead", "refused", "sent", "superseded"];

    private static readonly TableShape SlotShape = new("Slots of the ledger", "-hour")
    {
        Columns = [new("Hour", "hour"), new("Installation"), new("State"), new("Since"), new("Why, and what to do")],
        Filters =
        [
            TableFilter.Choice("state", "State", [.. SlotWords.States.Select(state => new FilterChoice(state.State, state.Label))]),
            TableFilter.Text("installation", "Installation"),
            TableFilter.Day("since", "From day"),
            TableFilter.Day("until", "To day"),
        ],
        Empty = new("Nothing is in the way", "Every hour that was reported is confirmed by Vercel."),
    };

    /// <summary>Of one hour, which is no matter of days.</summary>
    private static readonly TableShape HourShape = SlotShape with
    {
        Filters = [.. SlotShape.Filters.Where(filter => filter.Kind != FilterKind.Day)],
        Empty = new("Nothing of this hour is in the way", "What of it is due or confirmed is listed by itself: follow the links above."),
    };

    private static readonly TableShape WaitingShape = new("What reports and invoices wait for", "due")
    {
        Columns = [new("Installation"), new("Waits since or until", "due", IsOneWay: true), new("Attempts", IsNumber: true), new("What came in the way")],
        Search = "Installation",
        Filters = [TableFilter.Choice("work", "Of", new("usage", "Usage reports"), new("invoices", "Invoices"), new("balances", "Balances"), new("settlement", "Payments"))],
        Empty = new("Nothing waits", "Nothing came in the way of any report or invoice."),
    };

    private static async Task<IResult> ListSlots(
        Operator person, HttpRequest request, NpgsqlDataSource database, TimeProvider clock, CancellationToken cancel)
    {
        var hour = request.Query["hour"].ToString() is { Length: > 0 } text
            ? BillingPaths.ReadHour(text) ?? throw new BadHttpRequestException("\"hour\" is an hour like 2027-01-31T20.")
            : (HourSlot?)null;
        var asked = TableQuery.Read(request, hour is null ? SlotShape : HourShape, "hour");
        var (now, installation, state) = (clock.GetUtcNow(), asked.Filter("installation"), asked.Filter("state"));
        if (hour is null && installation is null && state is "confirmed" or "due")
            hour = LastHour(asked, now);
        var (range, place, loads) = (Range(asked, hour), Place(asked), new Loads());
        IReadOnlyList<Loaded<Seq<ListedSlot>>> found = (installation, state, hour) switch
        {
            ({ } one, "due", _) => [SlotListRows.DueOfOne(loads, one, range, now, place, TableQuery.Look)],
            ({ } one, null, _) =>
            [
                SlotListRows.OfOne(loads, one, range, state, place, TableQuery.Look), SlotListRows.DueOfOne(loads, one, range, now, place, TableQuery.Look),
            ],
            ({ } one, _, _) => [SlotListRows.OfOne(loads, one, range, state, place, TableQuery.Look)],
            (null, "confirmed", { } of) => [SlotListRows.ConfirmedIn(loads, of, place.Installation, TableQuery.Look)],
            (null, "due", { } of) => [SlotListRows.DueIn(loads, of, now, place.Installation, TableQuery.Look)],
            (null, "due", null) => throw new System.Diagnostics.UnreachableException(),
            _ => [SlotListRows.Page(loads, state is null ? Troubled : [state], range, place, TableQuery.Look)],
        };
        await loads.Read(database, cancel);
        var (rows, table) = asked.Show(Merged(found, place), slot => PageCursor.After(PageCursor.Part(slot.Hour.Start), slot.Installation));
        return OperatorPage.Of<SlotsPage>(person.Frame, new SlotsView(
            table, [.. rows.Select(slot => View(slot, now))], hour is { } shown ? $"{SlotWords.Hour(shown.Start)} – {shown.End.UtcDateTime:HH:mm} UTC" : null,
            hour is { } linked && installation is null
                ? [.. SlotWords.States.Select(one => new SlotLink(one.Label, BillingPaths.Hour(linked.Start, one.State), one.State == state))]
                : [],
            installation is null ? null : BillingPaths.Ledger(installation)));
    }

    private static async Task<IResult> ListWaiting(Operator person, HttpRequest request, NpgsqlDataSource database, CancellationToken cancel)
    {
        var asked = TableQuery.Read(request, WaitingShape);
        var work = asked.Filter("work") is { } one ? Seq1(one) : Seq("usage", "invoices", "balances", "settlement");
        var after = asked.After switch
        {
            null => WaitingPlace.Start,
            { Parts: [var at, var id, var of] } => new WaitingPlace(PageCursor.Moment(at) ?? throw TableQuery.Stale(), id, of),
            _ => throw TableQuery.Stale(),
        };
        var loads = new Loads();
        var found = asked.Search is { } installation
            ? WaitingBillingRows.OfOne(loads, work, installation)
            : WaitingBillingRows.Page(loads, work, after, TableQuery.Look);
        await loads.Read(database, cancel);
        var (rows, table) = asked.Show([.. found.Value], waits => PageCursor.After(PageCursor.Part(waits.DueAt), waits.Installation, waits.Work));
        return OperatorPage.Of<WaitingPage>(person.Frame, new WaitingView(table, [.. rows.Select(View)]));
    }

    private static async Task<IResult> ResendSlot(
        OperatorAction action, string installationId, string hour, UsageResend usage, CancellationToken cancel)
    {
        var back = BillingPaths.SlotsOf(installationId);
        if (BillingPaths.ReadHour(hour) is not { } slot)
            return OperatorAnswer.Refused(back, "This is no hour.");
        return await usage.Resend(new InstallationId(installationId), slot, action.Actor, cancel) switch
        {
            ResendAnswer.DueAgain => OperatorAnswer.Done(back, $"The report of {SlotWords.Hour(slot.Start)} is due again, and sent within seconds where a worker runs."),
            ResendAnswer.NothingToSend => OperatorAnswer.Refused(back, "Vercel has it, or it is on its way: there is nothing to send."),
            ResendAnswer.NoSlot => OperatorAnswer.Refused(back, "The ledger does not have this slot any more. It may be due again."),
            ResendAnswer.InstallationFinal => OperatorAnswer.Refused(back, "The installation is final, and Vercel takes nothing of it any more."),
            ResendAnswer.Refused(UsageSlotRejection.TooLate late) => OperatorAnswer.Refused(
                back, $"Vercel has taken it until {Shown.Moment(late.SendableUntil)}, and takes it no more."),
            ResendAnswer.Refused => OperatorAnswer.Refused(back, "A later report says the same: there is nothing to send."),
            var other => throw new System.Diagnostics.UnreachableException(other.GetType().Name),
        };
    }

    /// <summary>Nobody reads a hundred thousand confirmed slots of a month: they are listed hour by hour.</summary>
    private static HourSlot LastHour(TableQuery asked, DateTimeOffset now) =>
        asked.Day("since") is null && asked.Day("until") is null
            ? HourSlot.LastCompleteAt(now)
            : throw new BadHttpRequestException(
                "What is confirmed or due is listed by the hour, for there is much of it. Fill in an installation as well, or follow an hour of the map.");

    /// <summary>What has a row and what is due without one are two lists of one installation.</summary>
    private static IReadOnlyList<ListedSlot> Merged(IReadOnlyList<Loaded<Seq<ListedSlot>>> found, SlotPlace place)
    {
        if (found is [var only])
            return [.. only.Value];
        var all = found.SelectMany(one => one.Value);
        return [.. (place.Ascending ? all.OrderBy(slot => slot.Hour.Start) : all.OrderByDescending(slot => slot.Hour.Start)).Take(TableQuery.Look)];
    }

    private static TimeRange Range(TableQuery asked, HourSlot? hour)
    {
        if (hour is { } one)
            return one.Range;
        var (since, until) = (asked.Day("since") ?? SlotPlace.Oldest.Hour, asked.Day("until")?.AddDays(1) ?? SlotPlace.Newest.Hour);
        return since < until ? new TimeRange(since, until) : throw new BadHttpRequestException("The first day comes after the last one.");
    }

    private static SlotPlace Place(TableQuery asked) =>
        asked.After switch
        {
            null => asked.IsDescending ? SlotPlace.Newest : SlotPlace.Oldest,
            { Parts: [var at, var id] } => new SlotPlace(PageCursor.Moment(at) ?? throw TableQuery.Stale(), id, !asked.IsDescending),
            _ => throw TableQuery.Stale(),
        };

    private static SlotRow View(ListedSlot slot, DateTimeOffset now) => new(
        slot.Installation, BillingPaths.Ledger(slot.Installation), SlotWords.Hour(slot.Hour.Start), BillingPaths.Hour(slot.Hour.Start, slot.State),
        SlotWords.Mark(slot.State), MomentView.Of(slot.ChangedAt), slot.Reason, SlotWords.Advice(slot, now),
        SlotWords.CanBeSent(slot, now) ? BillingPaths.Resend(slot.Installation, slot.Hour) : null);

    private static WaitingRow View(WaitingInstallation waits) => new(
        waits.Installation, BillingPaths.Ledger(waits.Installation),
        waits.Work switch { "usage" => "Usage report", "invoices" => "Invoice", "balances" => "Balance", "settlement" => "Payment", var other => other },
        MomentView.Of(waits.DueAt), Shown.Quantity(waits.Attempts), waits.Reason ?? "", waits.AwaitsToken);
}

/// <param name="Hour">All of it, where one hour is shown.</param>
/// <param name="States">The same hour by how its slots stand.</param>
/// <param name="Ledger">Of the installation that is shown.</param>
public sealed record SlotsView(TableView Table, IReadOnlyList<SlotRow> Rows, string? Hour, IReadOnlyList<SlotLink> States, string? Ledger);

public sealed record SlotLink(string Label, string Address, bool IsCurrent);

/// <param name="Resend">Where one more attempt is asked for; null where Vercel would not take it.</param>
public sealed record SlotRow(
    string Installation, string InstallationAddress, string Hour, string HourAddress, Mark State, MomentView Since, string? Why, string Advice,
    string? Resend);

public sealed record WaitingView(TableView Table, IReadOnlyList<WaitingRow> Rows);

/// <param name="AwaitsToken">Vercel does not take the one that we have.</param>
public sealed record WaitingRow(
    string Installation, string Address, string Work, MomentView At, string Attempts, string Reason, bool AwaitsToken);
