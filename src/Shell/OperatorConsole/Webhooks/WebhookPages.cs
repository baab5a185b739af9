using Marketplace.Core.Installations;
using Marketplace.Shell.Dashboard;
using Marketplace.Shell.Http;
using Marketplace.Shell.OperatorConsole.Queues;
using Marketplace.Shell.OperatorConsole.Runbook;
using Marketplace.Shell.OperatorConsole.Tables;
using Marketplace.Shell.OperatorConsole.Webhooks.Pages;
using Marketplace.Shell.Webhooks;

namespace Marketplace.Shell.OperatorConsole.Webhooks;

/// <summary>GET /ops/webhooks and one of them: what Vercel has told us, and what of it had no effect.</summary>
internal static class WebhookPages
{
    public const string TypeFilter = "type";

    private static readonly QueueHelp Help = new("webhooks", RunbookLinks.WebhooksDead, RunbookLinks.WebhooksLate, TimeSpan.FromMinutes(5));

    public static readonly RequestDelegate List = OperatorEndpoint.Page(ShowList);

    public static readonly RequestDelegate One = OperatorEndpoint.Page(ShowOne);

    private static readonly TableShape Shape = new("Webhooks from Vercel", "-at")
    {
        Columns = [new("Webhook"), new("About"), new("State"), new("Attempts", IsNumber: true), new("Next attempt"), new("Received", "at")],
        Filters =
        [
            TableFilter.Choice(
                "state", "State", new(WebhookView.Pending, "Waiting"), new(QueueWords.Failing, "Failing, tried again"), new(WebhookView.Dead, "Dead"),
                new(WebhookView.Processed, "Processed")),
            TableFilter.Text(TypeFilter, "Type"),
            TableFilter.Text(Replays.InstallationField, "Installation"),
        ],
        Empty = new("Vercel has told nothing yet", "Every webhook is kept here for thirty days, from the first one on."),
    };

    private static async Task<IResult> ShowList(
        Operator person, HttpRequest request, WebhookView webhooks, TimeProvider clock, CancellationToken cancel)
    {
        var asked = TableQuery.Read(request, Shape);
        var filter = Filter(asked);
        var board = await webhooks.Look(filter, Place(asked), TableQuery.Look, cancel);
        var (rows, table) = asked.Show(board.Webhooks.ToList(), webhook => Named(webhook.ReceivedAt, webhook.InstallationId, webhook.Id));
        return OperatorPage.Of<WebhooksPage>(
            person.Frame,
            new WebhooksPageView(
                DepthView.Of(board.Depth, clock.GetUtcNow(), WebhookPaths.Root, TypeFilter, "Type", Help), table, [.. rows.Select(Row)], Replay(filter, board),
                filter.Installation is null && filter.State is null or WebhookView.Processed
                    ? $"Of everybody's processed ones, the latest {QueueWords.Number(WebhookFilter.LatestMax)} are looked at. Fill in an installation to see all of its."
                    : null));
    }

    private static async Task<IResult> ShowOne(
        string installationId, string webhookId, Operator person, WebhookView webhooks, OperatorMessages messages, CancellationToken cancel)
    {
        var id = new InstallationId(installationId == WebhookPaths.Nobody ? "" : installationId);
        return await webhooks.LookAt(id, webhookId, cancel) is ({ } webhook, { } body, var shownAt)
            ? OperatorPage.Of<StoredWebhookPage>(person.Frame, View(webhook, body, shownAt))
            : messages.NoSuch(person.Frame, "Webhook", WebhookPaths.Root, "To the webhooks");
    }

    private static WebhookFilter Filter(TableQuery asked)
    {
        var state = asked.Filter("state");
        return new WebhookFilter(
            asked.Filter(Replays.InstallationField) is { } id ? new InstallationId(id) : null, state == QueueWords.Failing ? WebhookView.Pending : state,
            asked.Filter(TypeFilter))
        {
            IsFailing = state == QueueWords.Failing, IsOldestFirst = !asked.IsDescending,
        };
    }

    private static WebhookCursor? Place(TableQuery asked) => asked.After is null ? null : Read(asked.After) ?? throw TableQuery.Stale();

    /// <summary>Null when it names no place of ours.</summary>
    public static WebhookCursor? Read(PageCursor place) =>
        place is { Parts: [var at, var installation, var id] } && PageCursor.Moment(at) is { } moment ? new WebhookCursor(moment, id, installation) : null;

    private static string Named(DateTimeOffset at, string installation, string id) => PageCursor.After(PageCursor.Part(at), installation, id);

    private static WebhookRow Row(StoredWebhook webhook) => new(
        WebhookPaths.Webhook(webhook.InstallationId, webhook.Id), webhook.Type, webhook.Id,
        webhook.State == WebhookView.Dead ? PageCursor.After(webhook.InstallationId, webhook.Id) : null,
        About(webhook), QueueWords.State(webhook.State, webhook.LastError, Over(webhook)), webhook.LastError, QueueWords.Number(webhook.Attempts),
        webhook.NextAttemptAt is { } next ? MomentView.Of(next) : null, MomentView.Of(webhook.ReceivedAt));

    /// <summary>What was processed and says why it had no effect was not for us.</summary>
    private static string Over(StoredWebhook webhook) => webhook.LastError is null ? "Processed" : "No effect";

    private static MessageLink? About(StoredWebhook webhook) =>
        webhook.InstallationId.Length == 0
            ? null
            : new MessageLink(OperatorPaths.Installation(new InstallationId(webhook.InstallationId)), webhook.InstallationId);

    private static ReplayView? Replay(WebhookFilter filter, WebhookBoard board)
    {
        if (board.GivenUp.IsEmpty)
            return null;
        var oldest = board.GivenUp.Take(Shell.Outbox.ReplayRange.TogetherMax).Last();
        return new ReplayView(
            WebhookPaths.Chosen, WebhookPaths.Found, Replays.FoundLabel(board.GivenUp.Count), "webhooks",
            "They are processed as if they had just come; what had its effect already has none again.",
            Replays.Fields(board.ShownAt, filter.Installation, TypeFilter, filter.Type), Named(oldest.ReceivedAt, oldest.Installation, oldest.Id));
    }

    private static WebhookPageView View(StoredWebhook webhook, string body, DateTimeOffset shownAt) => new(
        WebhookPaths.Webhook(webhook.InstallationId, webhook.Id), webhook.Type, webhook.Id,
        QueueWords.State(webhook.State, webhook.LastError, Over(webhook)), About(webhook),
        [
            new Fact("Type", webhook.Type),
            new Fact("Received", Shown.Moment(webhook.ReceivedAt)),
            new Fact("Attempts", QueueWords.Number(webhook.Attempts)),
            .. webhook.NextAttemptAt is { } next ? (Fact[])[new("Next attempt", Shown.Moment(next))] : [],
            .. webhook.ClosedAt is { } closed ? (Fact[])[new(webhook.State == WebhookView.Dead ? "Given up" : "Processed", Shown.Moment(closed))] : [],
        ],
        webhook.LastError,
        [new ExchangeView("What Vercel sent", Redacted.Of(body), "")],
        webhook.State == WebhookView.Dead ? Replays.Fields(shownAt, null, TypeFilter, null) : []);
}
