using Marketplace.Core.Installations;
using Marketplace.Jobs.Outbox;
using Marketplace.Shell.Dashboard;
using Marketplace.Shell.Http;
using Marketplace.Shell.OperatorConsole.Outbox.Pages;
using Marketplace.Shell.OperatorConsole.Queues;
using Marketplace.Shell.OperatorConsole.Runbook;
using Marketplace.Shell.OperatorConsole.Tables;
using Marketplace.Shell.Outbox;

namespace Marketplace.Shell.OperatorConsole.Outbox;

/// <summary>GET /ops/outbox and one message of it: what Vercel has still to hear, and what could not be delivered.</summary>
internal static class OutboxPages
{
    private const string KindFilter = "kind";

    private static readonly QueueHelp Help = new("messages", RunbookLinks.OutboxDead, RunbookLinks.OutboxLate, TimeSpan.FromMinutes(15));

    public static readonly RequestDelegate List = OperatorEndpoint.Page(ShowList);

    public static readonly RequestDelegate One = OperatorEndpoint.Page(ShowOne);

    private static readonly TableShape Shape = new("Messages to Vercel", "-at")
    {
        Columns = [new("Message"), new("About"), new("State"), new("Attempts", IsNumber: true), new("Next attempt"), new("Written", "at")],
        Filters =
        [
            TableFilter.Choice(
                "state", "State", new(OutboxView.Pending, "Waiting"), new(QueueWords.Failing, "Failing, tried again"), new(OutboxView.Dead, "Dead"),
                new(OutboxView.Delivered, "Delivered")),
            TableFilter.Choice(
                KindFilter, "Kind", [.. Enum.GetValues<MessageKind>().Select(OutboxRows.Name).Select(name => new FilterChoice(name, QueueWords.Kind(name)))]),
            TableFilter.Text(Replays.InstallationField, "Installation"),
        ],
        Empty = new("Vercel has heard everything", "Nothing waits to be sent, and nothing was given up. What was delivered is listed by installation."),
    };

    private static async Task<IResult> ShowList(
        Operator person, HttpRequest request, OutboxView outbox, TimeProvider clock, CancellationToken cancel)
    {
        var asked = TableQuery.Read(request, Shape);
        var filter = Filter(asked);
        var board = await outbox.Look(filter, Place(asked), TableQuery.Look, cancel);
        var (rows, table) = asked.Show(board.Messages.ToList(), message => PageCursor.After(PageCursor.Part(message.Sequence)));
        if (filter is { State: OutboxView.Delivered, Installation: null })
            table = table with { Empty = new EmptyView("Whose messages?", "What was delivered is listed of one installation at a time. Fill in its id above.") };
        return OperatorPage.Of<OutboxPage>(
            person.Frame,
            new OutboxPageView(
                DepthView.Of(board.Depth, clock.GetUtcNow(), OutboxPaths.Root, KindFilter, "Kind", Help), table, [.. rows.Select(Row)], Replay(filter, board)));
    }

    private static async Task<IResult> ShowOne(
        string installationId, long sequence, Operator person, OutboxView outbox, OperatorMessages messages, CancellationToken cancel) =>
        await outbox.LookAt(new InstallationId(installationId), sequence, cancel) is ({ } message, var shownAt)
            ? OperatorPage.Of<OutboxMessagePage>(person.Frame, View(message, shownAt))
            : messages.NoSuch(person.Frame, "Message", OutboxPaths.Root, "To the outbox");

    public static MessageFilter Filter(TableQuery asked)
    {
        var state = asked.Filter("state");
        return new MessageFilter(
            asked.Filter(Replays.InstallationField) is { } id ? new InstallationId(id) : null, state == QueueWords.Failing ? OutboxView.Pending : state,
            asked.Filter(KindFilter))
        {
            IsFailing = state == QueueWords.Failing, IsOldestFirst = !asked.IsDescending,
        };
    }

    public static long? Place(TableQuery asked) =>
        asked.After switch
        {
            null => null,
            { Parts: [var number] } => PageCursor.Number(number) ?? throw TableQuery.Stale(),
            _ => throw TableQuery.Stale(),
        };

    private static OutboxRow Row(KeptMessage message) => new(
        OutboxPaths.Message(message.Installation, message.Sequence), QueueWords.Kind(message.Kind), Number(message.Sequence),
        message.State == OutboxView.Dead ? PageCursor.After(message.Installation.Value, PageCursor.Part(message.Sequence)) : null,
        message.Installation.Value, OperatorPaths.Installation(message.Installation),
        message.Resource is { } resource ? new MessageLink(OperatorPaths.Resource(message.Installation, resource.Value), resource.Value) : null,
        QueueWords.State(message.State, message.LastError, "Delivered"), message.LastError, QueueWords.Number(message.Attempts),
        message.AwaitsToken ? "With the next token" : null, message.NextAttemptAt is { } next ? MomentView.Of(next) : null, MomentView.Of(message.CreatedAt));

    private static ReplayView? Replay(MessageFilter filter, MessageBoard board) =>
        board.GivenUp.IsEmpty
            ? null
            : new ReplayView(
                OutboxPaths.Chosen, OutboxPaths.Found, Replays.FoundLabel(board.GivenUp.Count), "messages",
                "They go back to their old places in the line, and each says what is true when it is sent.",
                Replays.Fields(board.ShownAt, filter.Installation, KindFilter, filter.Kind),
                PageCursor.After(PageCursor.Part(board.GivenUp.Take(ReplayRange.TogetherMax).Last().Sequence)));

    private static OutboxMessageView View(KeptMessage message, DateTimeOffset shownAt) => new(
        OutboxPaths.Message(message.Installation, message.Sequence), $"{QueueWords.Kind(message.Kind)} {Number(message.Sequence)}",
        QueueWords.State(message.State, message.LastError, "Delivered"),
        message.Installation.Value, OperatorPaths.Installation(message.Installation),
        message.Resource is { } resource ? new MessageLink(OperatorPaths.Resource(message.Installation, resource.Value), resource.Value) : null,
        [
            new Fact("Kind", message.Kind),
            new Fact("Written", Shown.Moment(message.CreatedAt)),
            new Fact("Attempts", QueueWords.Number(message.Attempts)),
            .. message.Replays > 0 ? (Fact[])[new("Replayed", Counted.Of(message.Replays, "time"))] : [],
            .. message.NextAttemptAt is { } next ? (Fact[])[new("Next attempt", message.AwaitsToken ? $"With the next token, or {Shown.Moment(next)}" : Shown.Moment(next))] : [],
            .. message.ClosedAt is { } closed ? (Fact[])[new(message.State == OutboxView.Dead ? "Given up" : "Delivered", Shown.Moment(closed))] : [],
        ],
        message.LastError,
        message.State == OutboxView.Delivered ? [] :
        [
            new ExchangeView(
                "What Vercel was asked last", message.LastRequest is { } asked ? Redacted.Request(asked) : null,
                message.Attempts == 0 ? "Nobody has tried to send it yet. What it says is read when it is sent." : "Nothing was sent at the last attempt, or it was not kept."),
            new ExchangeView(
                message.LastStatus is { } status ? $"What Vercel answered: {Number(status)}" : "What Vercel answered",
                message.LastAnswer is { Length: > 0 } answer ? Redacted.Of(answer) : null,
                message.LastStatus is null ? "Vercel has not answered." : "The answer had no body."),
        ],
        message.State == OutboxView.Dead ? Replays.Fields(shownAt, null, KindFilter, null) : []);

    private static string Number(long number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
