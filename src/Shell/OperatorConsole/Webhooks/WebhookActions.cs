using Marketplace.Core.Installations;
using Marketplace.Shell.OperatorConsole.Queues;
using Marketplace.Shell.Webhooks;

namespace Marketplace.Shell.OperatorConsole.Webhooks;

/// <summary>POST /ops/webhooks/…: has dead webhooks processed once more, one, those that were chosen, or all that a filter found.</summary>
internal static class WebhookActions
{
    private const string What = "replay webhooks";

    public static readonly RequestDelegate One = OperatorEndpoint.Action(
        What,
        async (string installationId, string webhookId, OperatorAction action, WebhookView webhooks, CancellationToken cancel) =>
        {
            var id = installationId == WebhookPaths.Nobody ? "" : installationId;
            return Answer(
                WebhookPaths.Webhook(id, webhookId),
                await webhooks.Replay([(new InstallationId(id), webhookId)], Replays.ShownAt(action), action.Reason, action.Actor, cancel));
        });

    public static readonly RequestDelegate Chosen = OperatorEndpoint.Action(
        What,
        async (OperatorAction action, WebhookView webhooks, CancellationToken cancel) =>
        {
            var back = Back(action);
            var chosen = Replays.Chosen(action)
                .Select(one => one is { Parts: [var installation, var id] } ? (new InstallationId(installation), id) : throw Replays.Foreign())
                .ToList();
            return chosen.Count == 0
                ? Replays.NothingChosen(back, "webhooks")
                : Answer(back, await webhooks.Replay(chosen, Replays.ShownAt(action), action.Reason, action.Actor, cancel));
        },
        Replays.AboutChosen);

    public static readonly RequestDelegate Found = OperatorEndpoint.Action(
        What,
        async (OperatorAction action, WebhookView webhooks, CancellationToken cancel) => Answer(
            Back(action),
            await webhooks.ReplayFound(
                new WebhookFilter(Replays.Installation(action), WebhookView.Dead, action.Field(WebhookPages.TypeFilter)),
                WebhookPages.Read(Replays.From(action)) ?? throw Replays.Foreign(), Replays.ShownAt(action), action.Reason, action.Actor, cancel)),
        action => Replays.AboutFound(action, WebhookPages.TypeFilter));

    private static string Back(OperatorAction action) => Replays.BackTo(WebhookPaths.Root, action, WebhookPages.TypeFilter);

    private static OperatorAnswer Answer(string back, int replayed) => Replays.Answer(back, replayed, "webhook", "processed");
}
