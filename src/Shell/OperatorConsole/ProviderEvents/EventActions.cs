using Marketplace.Shell.OperatorConsole.Outbox;
using Marketplace.Shell.OperatorConsole.Queues;
using Marketplace.Shell.Outbox;
using Marketplace.Shell.ProviderEvents;

namespace Marketplace.Shell.OperatorConsole.ProviderEvents;

/// <summary>POST /ops/events/…: has dead events sent once more, one, those that were chosen, or all that a filter found; and a test.</summary>
internal static class EventActions
{
    private const string What = "replay events";

    public static readonly RequestDelegate One = OperatorEndpoint.Action(
        What,
        async (string eventId, OperatorAction action, ProviderEventView events, CancellationToken cancel) =>
        {
            var installation = Replays.Installation(action) ?? throw Replays.Foreign();
            var sequence = ProviderEventId.Read(eventId) ?? throw Replays.Foreign();
            return Answer(
                EventPaths.Event(sequence),
                await events.Replay([(installation, sequence)], Replays.ShownAt(action), action.Reason, action.Actor, cancel));
        },
        action => action.Filled(Replays.InstallationField));

    public static readonly RequestDelegate Chosen = OperatorEndpoint.Action(
        What,
        async (OperatorAction action, ProviderEventView events, CancellationToken cancel) =>
        {
            var (back, chosen) = (Back(action), Replays.Chosen(action).Select(OutboxActions.Named).ToList());
            return chosen.Count == 0
                ? Replays.NothingChosen(back, "events")
                : Answer(back, await events.Replay(chosen, Replays.ShownAt(action), action.Reason, action.Actor, cancel));
        },
        Replays.AboutChosen);

    public static readonly RequestDelegate Found = OperatorEndpoint.Action(
        What,
        async (OperatorAction action, ProviderEventView events, CancellationToken cancel) => Answer(
            Back(action),
            await events.ReplayFound(
                new MessageFilter(Replays.Installation(action), OutboxView.Dead, action.Field(EventPages.TypeFilter)), OutboxActions.From(action),
                Replays.ShownAt(action), action.Reason, action.Actor, cancel)),
        action => Replays.AboutFound(action, EventPages.TypeFilter));

    public static readonly RequestDelegate Test = OperatorEndpoint.Action(
        "send a test event",
        async (OperatorAction action, ProviderEventView events, CancellationToken cancel) =>
            await events.Test(cancel) is { } sent
                ? OperatorAnswer.Done(EventPaths.Event(sent.Sequence), "The test is sent within seconds where a worker runs. Load this page again to see what your backend answered.")
                : OperatorAnswer.Refused(EventPaths.Root, "Nobody listens: no worker was started with an address for events."));

    private static string Back(OperatorAction action) => Replays.BackTo(EventPaths.Root, action, EventPages.TypeFilter);

    private static OperatorAnswer Answer(string back, int replayed) => Replays.Answer(back, replayed, "event", "sent");
}
