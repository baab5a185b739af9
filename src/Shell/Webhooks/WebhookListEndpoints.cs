using Marketplace.Core.Installations;
using Marketplace.Shell.Audit;
using Marketplace.Shell.Http;
using Marketplace.Shell.ProviderKeys;

namespace Marketplace.Shell.Webhooks;

/// <summary>
/// GET /provider/v1/webhooks and /provider/v1/installations/{id}/webhooks, one of them, and POST …/webhooks/replay: what Vercel has told us,
/// what of it had no effect, and that once more.
/// </summary>
internal static class WebhookListEndpoints
{
    public static readonly RequestDelegate ListAnywhere = ProviderEndpoint.Needing(
        ProviderScopes.WebhooksRead,
        (HttpRequest request, WebhookView webhooks, CancellationToken cancel) =>
            List(request, [WebhookView.Dead, WebhookView.Pending], async (state, page) =>
                TypedResults.Ok(WebhookPageWire.Of(await webhooks.Anywhere(state ?? WebhookView.Dead, page.From, page.Limit, cancel)))));

    public static readonly RequestDelegate ListOfInstallation = ProviderEndpoint.Needing(
        ProviderScopes.WebhooksRead,
        (string installationId, HttpRequest request, WebhookView webhooks, CancellationToken cancel) =>
            List(request, [.. WebhookView.States], async (state, page) =>
                TypedResults.Ok(WebhookPageWire.Of(await webhooks.Of(new InstallationId(installationId), state, page.From, page.Limit, cancel)))));

    public static readonly RequestDelegate One = ProviderEndpoint.Needing(
        ProviderScopes.WebhooksRead,
        async (string installationId, string webhookId, WebhookView webhooks, CancellationToken cancel) =>
            await webhooks.Find(new InstallationId(installationId), webhookId, cancel) is { } webhook
                ? (IResult)TypedResults.Ok(WebhookWire.Of(webhook))
                : NoWebhook(installationId, webhookId));

    public static readonly RequestDelegate Replay = ProviderEndpoint.Needing(ProviderScopes.WebhooksWrite, ReplayDead);

    private static async Task<IResult> List(HttpRequest request, string[] states, Func<string?, AskedPage<WebhookCursor>, Task<IResult>> list)
    {
        var asked = new AskedQuery(request.Query);
        var (state, page) = (asked.Choice("state", states), asked.Page(WebhookCursor.Start, WebhookCursor.Read));
        return asked.Problem() ?? await list(state, page);
    }

    private static async Task<IResult> ReplayDead(
        string installationId, JsonBody<ReplayWire> body, ProviderCaller caller, WebhookView webhooks, CancellationToken cancel)
    {
        if (AuditReason.Problem(body.Value.Reason) is { } problem)
            return ProviderProblems.Invalid("The request has fields that are wrong.", new ProblemError("#/reason", problem));

        var installation = new InstallationId(installationId);
        if (body.Value.Id is { } id && await webhooks.Find(installation, id, cancel) is null)
            return NoWebhook(installationId, id);
        var replayed = await webhooks.Replay(installation, body.Value.Id, body.Value.Reason!.Trim(), Actor.Of(caller, "replay"), cancel);
        return TypedResults.Ok(new ReplayedWebhooksWire([.. replayed]));
    }

    private static ProblemResult NoWebhook(string installation, string id) =>
        ProviderProblems.NotFound($"There is no webhook {id} about {installation}, or it was processed long ago.");

    /// <summary>All that was given up, unless one is named.</summary>
    private sealed record ReplayWire(string? Reason = null, string? Id = null);
}
