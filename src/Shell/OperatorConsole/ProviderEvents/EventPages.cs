using System.Text;
using Marketplace.Core.Installations;
using Marketplace.Jobs.ProviderEvents;
using Marketplace.Shell.Dashboard;
using Marketplace.Shell.Http;
using Marketplace.Shell.OperatorConsole.Outbox;
using Marketplace.Shell.OperatorConsole.ProviderEvents.Pages;
using Marketplace.Shell.OperatorConsole.Queues;
using Marketplace.Shell.OperatorConsole.Runbook;
using Marketplace.Shell.OperatorConsole.Tables;
using Marketplace.Shell.Outbox;
using Marketplace.Shell.ProviderEvents;

namespace Marketplace.Shell.OperatorConsole.ProviderEvents;

/// <summary>GET /ops/events and one of them: what the provider's own backend is told, and what it could not be told.</summary>
internal static class EventPages
{
    public const string TypeFilter = "type";

    private static readonly QueueHelp Help = new("events", RunbookLinks.EventsDead, RunbookLinks.EventsLate, TimeSpan.FromHours(1));

    public static readonly RequestDelegate List = OperatorEndpoint.Page(ShowList);

    public static readonly RequestDelegate One = OperatorEndpoint.Page(ShowOne);

    private static readonly TableShape Shape = new("Events for your backend", "-at")
    {
        Columns = [new("Event"), new("About"), new("State"), new("Attempts", IsNumber: true), new("Next attempt"), new("Happened", "at")],
        Filters =
        [
            TableFilter.Choice(
                "state", "State", new(OutboxView.Pending, "Waiting"), new(QueueWords.Failing, "Failing, tried again"), new(OutboxView.Dead, "Dead"),
                new(OutboxView.Delivered, "Delivered")),
            TableFilter.Choice(TypeFilter, "Type", [.. ProviderEventWire.Types.Append(ProviderEventWire.Test).Select(type => new FilterChoice(type, type))]),
            TableFilter.Text(Replays.InstallationField, "Installation"),
        ],
        Empty = new("Nothing has happened yet", "What happens to installations, resources and invoices is told to your backend from the moment on at which it listens."),
    };

    private static async Task<IResult> ShowList(
        Operator person, HttpRequest request, ProviderEventView events, TimeProvider clock, CancellationToken cancel)
    {
        var asked = TableQuery.Read(request, Shape);
        var filter = Filter(asked);
        var board = await events.Look(filter, OutboxPages.Place(asked), TableQuery.Look, cancel);
        var (rows, table) = asked.Show(board.Events.ToList(), one => PageCursor.After(PageCursor.Part(one.Sequence)));
        return OperatorPage.Of<EventsPage>(
            person.Frame,
            new EventsPageView(
                DepthView.Of(board.Depth, clock.GetUtcNow(), EventPaths.Root, TypeFilter, "Type", Help), Backend(board.Outlet), board.Outlet is not null, table,
                [.. rows.Select(Row)], Replay(filter, board),
                filter.Installation is null && filter.State is null or OutboxView.Delivered
                    ? $"Of everybody's delivered ones, those among the latest {QueueWords.Number(ProviderEventListRows.LatestMax)} events are looked at. Fill in an installation to see all of its."
                    : null));
    }

    private static async Task<IResult> ShowOne(
        string eventId, Operator person, ProviderEventView events, OperatorMessages messages, CancellationToken cancel) =>
        ProviderEventId.Read(eventId) is { } sequence && await events.LookAt(sequence, cancel) is ({ } found, var shownAt)
            ? OperatorPage.Of<KeptEventPage>(person.Frame, View(found, shownAt))
            : messages.NoSuch(person.Frame, "Event", EventPaths.Root, "To the events");

    private static MessageFilter Filter(TableQuery asked)
    {
        var state = asked.Filter("state");
        return new MessageFilter(
            asked.Filter(Replays.InstallationField) is { } id ? new InstallationId(id) : null, state == QueueWords.Failing ? OutboxView.Pending : state,
            asked.Filter(TypeFilter))
        {
            IsFailing = state == QueueWords.Failing, IsOldestFirst = !asked.IsDescending,
        };
    }

    private static NoticeView Backend(Outlet? outlet) =>
        outlet switch
        {
            null => new NoticeView(Tone.Quiet, "Nobody listens", "No worker was started with an address for events (Events__Url), so that none are kept.", null),
            { StoppedAt: { } stopped } => new NoticeView(
                Tone.Bad, "Your backend wants no more", $"It answered 410 on {Shown.Moment(stopped)}. Events wait until it takes a test.", null),
            _ => new NoticeView(Tone.Good, "Your backend listens", outlet.Url, null),
        };

    private static EventRow Row(ShownEvent one) => new(
        EventPaths.Event(one.Sequence), one.Type, one.Id, Choice(one), About(one), QueueWords.State(one.State, one.LastError, "Delivered"), one.LastError,
        QueueWords.Number(one.Attempts), one.NextAttemptAt is { } next ? MomentView.Of(next) : null, MomentView.Of(one.OccurredAt));

    /// <summary>A test is sent anew instead.</summary>
    private static string? Choice(ShownEvent one) =>
        one.State == OutboxView.Dead && one.Installation != KeptEvent.Nobody ? PageCursor.After(one.Installation.Value, PageCursor.Part(one.Sequence)) : null;

    private static MessageLink? About(ShownEvent one) =>
        one.Installation == KeptEvent.Nobody ? null : new MessageLink(OperatorPaths.Installation(one.Installation), one.Installation.Value);

    private static ReplayView? Replay(MessageFilter filter, EventBoard board) =>
        board.GivenUp.IsEmpty
            ? null
            : new ReplayView(
                EventPaths.Chosen, EventPaths.Found, Replays.FoundLabel(board.GivenUp.Count), "events",
                "They go back to their old places in the line, and say what they said.",
                Replays.Fields(board.ShownAt, filter.Installation, TypeFilter, filter.Kind),
                PageCursor.After(PageCursor.Part(board.GivenUp.Take(ReplayRange.TogetherMax).Last().Sequence)));

    private static EventPageView View(ShownEvent one, DateTimeOffset shownAt) => new(
        EventPaths.Event(one.Sequence), one.Type, one.Id, QueueWords.State(one.State, one.LastError, "Delivered"), About(one),
        [
            new Fact("Happened", Shown.Moment(one.OccurredAt)),
            new Fact("Attempts", QueueWords.Number(one.Attempts)),
            .. one.Replays > 0 ? (Fact[])[new("Replayed", Counted.Of(one.Replays, "time"))] : [],
            .. one.NextAttemptAt is { } next ? (Fact[])[new("Next attempt", Shown.Moment(next))] : [],
            .. one.ClosedAt is { } closed ? (Fact[])[new(one.State == OutboxView.Dead ? "Given up" : "Delivered", Shown.Moment(closed))] : [],
        ],
        one.LastError,
        [
            new ExchangeView(
                "What is sent", Redacted.Of(Encoding.UTF8.GetString(ProviderEventBody.Of(one.Id, one.Type, one.OccurredAt, one.Installation, one.Data).ToBytes())), ""),
            .. one.State == OutboxView.Delivered ? (ExchangeView[])[] :
            [
                new ExchangeView(
                    one.LastStatus is { } status ? $"What the backend answered: {status}" : "What the backend answered",
                    one.LastAnswer is { Length: > 0 } answer ? Redacted.Of(answer) : null,
                    one.LastStatus is null ? "It has not answered." : "The answer had no body."),
            ],
        ],
        Choice(one) is null ? [] : [.. Replays.Fields(shownAt, one.Installation, TypeFilter, null)]);
}
