using Marketplace.Core.Installations;
using Marketplace.Shell.Audit;
using Marketplace.Shell.Http;
using Marketplace.Shell.ProviderKeys;

namespace Marketplace.Shell.Outbox;

/// <summary>
/// GET /provider/v1/outbox and /provider/v1/installations/{id}/outbox, one message of it, and POST …/outbox/replay: what Vercel has still to
/// hear, what could not be delivered, and that once more.
/// </summary>
internal static class OutboxEndpoints
{
    public static readonly RequestDelegate ListAnywhere = ProviderEndpoint.Needing(
        ProviderScopes.OutboxRead,
        (HttpRequest request, OutboxView outbox, CancellationToken cancel) =>
            List(request, [OutboxView.Dead, OutboxView.Pending], async (state, page) =>
                TypedResults.Ok(OutboxPageWire.Of(await outbox.Anywhere(state ?? OutboxView.Dead, page.From, page.Limit, cancel)))));

    public static readonly RequestDelegate ListOfInstallation = ProviderEndpoint.Needing(
        ProviderScopes.OutboxRead,
        (string installationId, HttpRequest request, OutboxView outbox, CancellationToken cancel) =>
            List(request, [.. OutboxView.States], async (state, page) =>
                await outbox.Of(new InstallationId(installationId), state, page.From, page.Limit, cancel) is { } found
                    ? TypedResults.Ok(OutboxPageWire.Of(found))
                    : NoInstallation(installationId)));

    public static readonly RequestDelegate One = ProviderEndpoint.Needing(ProviderScopes.OutboxRead, Find);

    public static readonly RequestDelegate Replay = ProviderEndpoint.Needing(ProviderScopes.OutboxWrite, ReplayRanges);

    private static async Task<IResult> List(HttpRequest request, string[] states, Func<string?, AskedPage<long>, Task<IResult>> list)
    {
        var asked = new AskedQuery(request.Query);
        var (state, page) = (asked.Choice("state", states), asked.Page(OutboxCursor.Start, OutboxCursor.Read));
        return asked.Problem() ?? await list(state, page);
    }

    private static async Task<IResult> Find(string installationId, long sequence, OutboxView outbox, CancellationToken cancel) =>
        await outbox.Find(new InstallationId(installationId), sequence, cancel) is { } message
            ? TypedResults.Ok(OutboxMessageWire.Of(message))
            : ProviderProblems.NotFound($"The installation has no message {sequence}, or it was delivered long ago.");

    private static async Task<IResult> ReplayRanges(
        string installationId, JsonBody<ReplayWire> body, ProviderCaller caller, OutboxView outbox, CancellationToken cancel)
    {
        var asked = body.Value;
        if (asked.Sequence is not null && (asked.From ?? asked.To) is not null)
            return ProviderProblems.Invalid("Name one message by its sequence, or a range of them.");
        if (AuditReason.Problem(asked.Reason) is { } problem)
            return ProviderProblems.Invalid("The request has fields that are wrong.", new ProblemError("#/reason", problem));

        var range = ReplayRange.Of(asked.Sequence ?? asked.From, asked.Sequence ?? asked.To, asked.Since, asked.Until);
        return await outbox.Replay(new InstallationId(installationId), range, asked.Reason!.Trim(), Actor.Of(caller, "replay"), cancel) is { } replayed
            ? TypedResults.Ok(new ReplayedWire([.. replayed]))
            : asked.Sequence is { } sequence
                ? ProviderProblems.NotFound($"There is no message {sequence} of installation {installationId}.")
                : NoInstallation(installationId);
    }

    private static ProblemResult NoInstallation(string id) => ProviderProblems.NotFound($"There is no installation {id}.");

    /// <summary>All that was given up, unless a message, a range of them, or a time in which they were written is named.</summary>
    private sealed record ReplayWire(
        string? Reason = null, long? Sequence = null, long? From = null, long? To = null, DateTimeOffset? Since = null, DateTimeOffset? Until = null);
}
