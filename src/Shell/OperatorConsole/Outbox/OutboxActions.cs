using Marketplace.Core.Installations;
using Marketplace.Shell.Http;
using Marketplace.Shell.OperatorConsole.Queues;
using Marketplace.Shell.Outbox;

namespace Marketplace.Shell.OperatorConsole.Outbox;

/// <summary>POST /ops/outbox/…: has dead messages sent once more, one, those that were chosen, or all that a filter found.</summary>
internal static class OutboxActions
{
    private const string What = "replay messages";

    public static readonly RequestDelegate One = OperatorEndpoint.Action(
        What,
        async (string installationId, long sequence, OperatorAction action, OutboxView outbox, CancellationToken cancel) =>
        {
            var id = new InstallationId(installationId);
            return Answer(OutboxPaths.Message(id, sequence), await outbox.Replay([(id, sequence)], Replays.ShownAt(action), action.Reason, action.Actor, cancel));
        });

    public static readonly RequestDelegate Chosen = OperatorEndpoint.Action(
        What,
        async (OperatorAction action, OutboxView outbox, CancellationToken cancel) =>
        {
            var (back, chosen) = (Back(action), Replays.Chosen(action).Select(Named).ToList());
            return chosen.Count == 0
                ? Replays.NothingChosen(back, "messages")
                : Answer(back, await outbox.Replay(chosen, Replays.ShownAt(action), action.Reason, action.Actor, cancel));
        },
        Replays.AboutChosen);

    public static readonly RequestDelegate Found = OperatorEndpoint.Action(
        What,
        async (OperatorAction action, OutboxView outbox, CancellationToken cancel) => Answer(
            Back(action),
            await outbox.ReplayFound(
                new MessageFilter(Replays.Installation(action), OutboxView.Dead, action.Field("kind")), From(action), Replays.ShownAt(action), action.Reason,
                action.Actor, cancel)),
        action => Replays.AboutFound(action, "kind"));

    public static (InstallationId Installation, long Sequence) Named(PageCursor chosen) =>
        chosen is { Parts: [var installation, var number] } && PageCursor.Number(number) is { } sequence
            ? (new InstallationId(installation), sequence)
            : throw Replays.Foreign();

    public static long From(OperatorAction action) =>
        Replays.From(action) is { Parts: [var number] } && PageCursor.Number(number) is { } from ? from : throw Replays.Foreign();

    private static string Back(OperatorAction action) => Replays.BackTo(OutboxPaths.Root, action, "kind");

    private static OperatorAnswer Answer(string back, int replayed) => Replays.Answer(back, replayed, "message", "sent");
}
