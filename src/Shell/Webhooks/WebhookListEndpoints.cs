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
        (string? state, string? cursor, int? limit, WebhookView webhooks, CancellationToken cancel) =>
            List(state ?? WebhookView.Dead, cursor, limit, async (named, after, count) =>
                named is WebhookView.Dead or WebhookView.Pending
                    ? TypedResults.Ok(WebhookPageWire.Of(await webhooks.Anywhere(named, after, count, cancel)))
                    : ProviderProblems.Invalid("state: is dead or pending, where no installation is named.")));

    public static readonly RequestDelegate ListOfInstallation = ProviderEndpoint.Needing(
        ProviderScopes.WebhooksRead,
        (string installationId, string? state, string? cursor, int? limit, WebhookView webhooks, CancellationToken cancel) =>
            List(state, cursor, limit, async (named, after, count) =>
                TypedResults.Ok(WebhookPageWire.Of(await webhooks.Of(new InstallationId(installationId), named, after, count, cancel)))));

    public static readonly RequestDelegate One = ProviderEndpoint.Needing(
        ProviderScopes.WebhooksRead,
        async (string installationId, string webhookId, WebhookView webhooks, CancellationToken cancel) =>
            await webhooks.Find(new InstallationId(installationId), webhookId, cancel) is { } webhook
                ? (IResult)TypedResults.Ok(WebhookWire.Of(webhook))
                : NoWebhook(installationId, webhookId));

    public static readonly RequestDelegate Replay = ProviderEndpoint.Needing(ProviderScopes.WebhooksWrite, ReplayDead);

    private const int WebhooksDefault = 50;
    private const int WebhooksMax = 200;

    private static async Task<IResult> List(string? state, string? cursor, int? limit, Func<string?, WebhookCursor, int, Task<IResult>> page)
    {
        if (state is not null && !WebhookView.States.Contains(state))
            return ProviderProblems.Invalid($"state: is one of {string.Join(", ", WebhookView.States)}.");
        var count = limit ?? WebhooksDefault;
        if (count is < 1 or > WebhooksMax)
            return ProviderProblems.Invalid($"limit: is from 1 to {WebhooksMax}.");
        return (cursor is null ? WebhookCursor.Start : WebhookCursor.Read(cursor)) is { } after
            ? await page(state, after, count)
            : ProviderProblems.Invalid("cursor: is not one that an answer named.");
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
