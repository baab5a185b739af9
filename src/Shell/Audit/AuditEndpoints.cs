using System.Text.Json;
using Marketplace.Core;
using Marketplace.Core.Installations;
using Marketplace.Core.Resources;
using Marketplace.Shell.Http;
using Marketplace.Shell.Installations;
using Marketplace.Shell.Persistence;
using Marketplace.Shell.ProviderKeys;
using Marketplace.Shell.Resources;
using Npgsql;

namespace Marketplace.Shell.Audit;

/// <summary>
/// GET /provider/v1/installations/{id}/audit, and the same of one resource: what happened, who did it and by what, the newest first. It stays
/// when the installation is gone.
/// </summary>
internal static class AuditEndpoints
{
    public static readonly RequestDelegate OfInstallation = ProviderEndpoint.Needing(
        ProviderScopes.AuditRead,
        (string installationId, HttpRequest request, NpgsqlDataSource database, CancellationToken cancel) =>
            List(new InstallationId(installationId), null, request, database, cancel));

    public static readonly RequestDelegate OfResource = ProviderEndpoint.Needing(
        ProviderScopes.AuditRead,
        (string installationId, string resourceId, HttpRequest request, NpgsqlDataSource database, CancellationToken cancel) =>
            List(new InstallationId(installationId), new ResourceId(resourceId), request, database, cancel));

    private static async Task<IResult> List(
        InstallationId id, ResourceId? of, HttpRequest request, NpgsqlDataSource database, CancellationToken cancel)
    {
        var asked = new AskedQuery(request.Query);
        var filter = new AuditFilter(asked.Text("type"), asked.Text("actor"), asked.Moment("since"), asked.Moment("until"));
        var page = asked.Page(NewestNumber.Start, NewestNumber.Read);
        if (asked.Problem() is { } problem)
            return problem;

        var loads = new Loads();
        var installation = InstallationRows.Load(loads, id);
        var resource = of is { } one ? ResourceRows.Load(loads, id, one) : null;
        var found = EventListRows.Page(loads, id, of, filter, page.From.Number, page.Look);
        await loads.Read(database, cancel);
        if (installation.Value is null)
            return ProviderInstallationEndpoints.Unknown(id);
        if (resource is { Value: null })
            return ProviderProblems.NotFound($"The installation has no resource {of}.");

        var shown = found.Value.Take(page.Limit).Strict();
        return TypedResults.Ok(new AuditWire(
            [.. shown.Select(AuditedEventWire.Of)], found.Value.Count > page.Limit ? NewestNumber.After(shown.Last.Id) : null));
    }

    /// <param name="NextCursor">Absent on the last page.</param>
    private sealed record AuditWire(AuditedEventWire[] Events, string? NextCursor);

    /// <param name="OccurredAt">In business time; <paramref name="RecordedAt"/> is when the database had it.</param>
    /// <param name="Actor">Such as <c>user:…</c>, <c>key:…</c>, <c>operator:…</c>, <c>vercel</c> or <c>worker</c>.</param>
    /// <param name="Cause">The call, or the job.</param>
    private sealed record AuditedEventWire(
        long Id, DateTime OccurredAt, DateTime RecordedAt, string? ResourceId, string Type, string Actor, string Cause, JsonElement Detail)
    {
        public static AuditedEventWire Of(AuditedEvent one)
        {
            using var detail = JsonDocument.Parse(one.Detail);
            return new(
                one.Id, one.OccurredAt.UtcDateTime, one.RecordedAt.UtcDateTime, one.Resource, one.Type, one.Actor, one.Cause,
                detail.RootElement.Clone());
        }
    }
}
