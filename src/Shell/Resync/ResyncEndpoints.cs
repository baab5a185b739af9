using Marketplace.Core.Installations;
using Marketplace.Core.Resources;
using Marketplace.Shell.Audit;
using Marketplace.Shell.Http;
using Marketplace.Shell.ProviderKeys;

namespace Marketplace.Shell.Resync;

/// <summary>POST /provider/v1/installations/{id}/resync, and the same of one resource. Answered when it is on its way, not when Vercel has heard it.</summary>
internal static class ResyncEndpoints
{
    public static readonly RequestDelegate Installation = ProviderEndpoint.Needing(
        ProviderScopes.OutboxWrite,
        (string installationId, OptionalJsonBody<AskedWire> body, ProviderCaller caller, Resyncs resyncs, CancellationToken cancel) =>
            Request(installationId, null, body.Value, caller, resyncs, cancel));

    public static readonly RequestDelegate Resource = ProviderEndpoint.Needing(
        ProviderScopes.OutboxWrite,
        (string installationId, string resourceId, OptionalJsonBody<AskedWire> body, ProviderCaller caller, Resyncs resyncs, CancellationToken cancel) =>
            Request(installationId, new ResourceId(resourceId), body.Value, caller, resyncs, cancel));

    private static async Task<IResult> Request(
        string installationId, ResourceId? resource, AskedWire? asked, ProviderCaller caller, Resyncs resyncs, CancellationToken cancel)
    {
        if (asked?.Reason is { } reason && AuditReason.Problem(reason) is { } problem)
            return ProviderProblems.Invalid("The request has fields that are wrong.", new ProblemError("#/reason", problem));

        var id = new InstallationId(installationId);
        var request = new ResyncRequest(id, resource, asked?.Import ?? false, asked?.Remove ?? false, asked?.Reason?.Trim());
        return await resyncs.Request(request, Actor.Of(caller, "resync"), cancel) switch
        {
            ResyncAnswer.Queued queued => TypedResults.Accepted((string?)null, ResyncWire.Of(id, queued)),
            var refused => ResyncProblem.From(id, refused),
        };
    }

    private sealed record AskedWire(bool? Import = null, bool? Remove = null, string? Reason = null);
}
