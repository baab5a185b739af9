using Marketplace.Core.Installations;
using Marketplace.Shell.Audit;
using Marketplace.Shell.Http;
using Marketplace.Shell.Outbox;
using Marketplace.Shell.ProviderKeys;

namespace Marketplace.Shell.ProviderEvents;

/// <summary>
/// GET /provider/v1/events and /provider/v1/installations/{id}/events, one of them, POST …/events/replay and POST /provider/v1/events/test:
/// what the backend was told, what it could not be told, that once more, and whether it hears us at all.
/// </summary>
internal static class ProviderEventEndpoints
{
    public static readonly RequestDelegate ListAnywhere = ProviderEndpoint.Needing(
        ProviderScopes.EventsRead,
        (HttpRequest request, ProviderEventView events, CancellationToken cancel) =>
            List(request, [OutboxView.Dead, OutboxView.Pending], async (state, page) =>
                TypedResults.Ok(EventPageWire.Of(await events.Anywhere(state, page.From, page.Limit, cancel)))));

    public static readonly RequestDelegate ListOfInstallation = ProviderEndpoint.Needing(
        ProviderScopes.EventsRead,
        (string installationId, HttpRequest request, ProviderEventView events, CancellationToken cancel) =>
            List(request, [.. OutboxView.States], async (state, page) =>
                await events.Of(new InstallationId(installationId), state, page.From, page.Limit, cancel) is { } found
                    ? TypedResults.Ok(EventPageWire.Of(found))
                    : NoInstallation(installationId)));

    public static readonly RequestDelegate One = ProviderEndpoint.Needing(
        ProviderScopes.EventsRead,
        (string installationId, string eventId, ProviderEventView events, CancellationToken cancel) =>
            Find(new InstallationId(installationId), eventId, events, cancel));

    public static readonly RequestDelegate OneAnywhere = ProviderEndpoint.Needing(
        ProviderScopes.EventsRead,
        (string eventId, ProviderEventView events, CancellationToken cancel) => Find(installation: null, eventId, events, cancel));

    public static readonly RequestDelegate Replay = ProviderEndpoint.Needing(ProviderScopes.EventsWrite, ReplayRanges);

    public static readonly RequestDelegate Test = ProviderEndpoint.Needing(ProviderScopes.EventsWrite, SendTest);

    private static async Task<IResult> List(HttpRequest request, string[] states, Func<string?, AskedPage<long>, Task<IResult>> list)
    {
        var asked = new AskedQuery(request.Query);
        var (state, page) = (asked.Choice("state", states), asked.Page(OutboxCursor.Start, OutboxCursor.Read));
        return asked.Problem() ?? await list(state, page);
    }

    private static async Task<IResult> Find(InstallationId? installation, string eventId, ProviderEventView events, CancellationToken cancel) =>
        ProviderEventId.Read(eventId) is { } sequence && await events.Find(installation, sequence, cancel) is { } found
            ? TypedResults.Ok(ShownEventWire.Of(found))
            : ProviderProblems.NotFound($"There is no event {eventId}{(installation is { } id ? $" of installation {id}" : "")}, or it was delivered long ago.");

    private static async Task<IResult> ReplayRanges(
        string installationId, JsonBody<ReplayEventsWire> body, ProviderCaller caller, ProviderEventView events, CancellationToken cancel)
    {
        var asked = body.Value;
        if (asked.EventId is not null && (asked.From ?? asked.To) is not null)
            return ProviderProblems.Invalid("Name one event by its id, or a range of them.");
        if (AuditReason.Problem(asked.Reason) is { } problem)
            return ProviderProblems.Invalid("The request has fields that are wrong.", new ProblemError("#/reason", problem));
        foreach (var (field, id) in new[] { ("eventId", asked.EventId), ("from", asked.From), ("to", asked.To) })
        {
            if (id is not null && ProviderEventId.Read(id) is null)
                return ProviderProblems.Invalid("The request has fields that are wrong.", new ProblemError($"#/{field}", "Is no id of an event (evt_…)."));
        }

        var range = ReplayRange.Of(Number(asked.EventId ?? asked.From), Number(asked.EventId ?? asked.To), asked.Since, asked.Until);
        return await events.Replay(
            new InstallationId(installationId), range, asked.DeliveredToo ?? false, asked.Reason!.Trim(), Actor.Of(caller, "events replay"), cancel) is { } replayed
            ? TypedResults.Ok(ReplayedEventsWire.Of(replayed))
            : asked.EventId is { } eventId
                ? ProviderProblems.NotFound($"There is no event {eventId} of installation {installationId}.")
                : NoInstallation(installationId);

        static long? Number(string? id) => id is null ? null : ProviderEventId.Read(id);
    }

    /// <summary>The worker sends it; what became of it the event itself says.</summary>
    private static async Task<IResult> SendTest(ProviderEventView events, CancellationToken cancel) =>
        await events.Test(cancel) is { } sent
            ? TypedResults.Accepted($"{ProviderApi.V1}/events/{sent.Id}", ShownEventWire.Of(sent))
            : ProviderProblems.Conflict("Nobody listens: no worker is configured with an address for events (Events__Url).", "no_backend");

    private static ProblemResult NoInstallation(string id) => ProviderProblems.NotFound($"There is no installation {id}.");

    /// <summary>All that was given up, unless an event, a range of them, or a time in which they happened is named.</summary>
    /// <param name="DeliveredToo">What the backend has taken already is told once more as well.</param>
    private sealed record ReplayEventsWire(
        string? Reason = null, string? EventId = null, string? From = null, string? To = null, DateTimeOffset? Since = null,
        DateTimeOffset? Until = null, bool? DeliveredToo = null);
}
