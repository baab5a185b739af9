using Marketplace.Core.Installations;
using Marketplace.Shell.Http;
using Marketplace.Shell.Installations;
using Marketplace.Shell.Persistence;
using Marketplace.Shell.ProviderKeys;
using Npgsql;

namespace Marketplace.Shell.Transfers;

/// <summary>GET /provider/v1/installations/{id}/transfers: what the installation has offered to others, the newest first.</summary>
internal static class ListTransfersEndpoint
{
    public static readonly RequestDelegate Route = ProviderEndpoint.Needing(ProviderScopes.ResourcesRead, Handle);

    private static async Task<IResult> Handle(
        string installationId, HttpRequest request, NpgsqlDataSource database, TimeProvider clock, CancellationToken cancel)
    {
        var asked = new AskedQuery(request.Query);
        var page = asked.Page(NewestFirst.Start, NewestFirst.Read);
        if (asked.Problem() is { } problem)
            return problem;

        var (id, loads) = (new InstallationId(installationId), new Loads());
        var installation = InstallationRows.Load(loads, id);
        var found = TransferListRows.Page(loads, id, page.From.At, page.From.Id, page.Look);
        await loads.Read(database, cancel);
        if (installation.Value is null)
            return ProviderInstallationEndpoints.Unknown(id);

        var (shown, now) = (found.Value.Take(page.Limit).Strict(), clock.GetUtcNow());
        return TypedResults.Ok(new TransfersWire(
            [.. shown.Select(one => ListedTransferWire.Of(one, now))],
            found.Value.Count > page.Limit ? NewestFirst.After(shown.Last.OfferedAt, shown.Last.Claim) : null));
    }

    /// <param name="NextCursor">Absent on the last page.</param>
    private sealed record TransfersWire(ListedTransferWire[] Transfers, string? NextCursor);

    /// <param name="State"><c>offered</c>, <c>accepted</c>, or <c>expired</c> where nobody has claimed it in time.</param>
    private sealed record ListedTransferWire(
        string ClaimId, string State, string[] ResourceIds, DateTime OfferedAt, DateTime ExpiresAt, string? TargetInstallationId, DateTime? AcceptedAt)
    {
        public static ListedTransferWire Of(ListedTransfer one, DateTimeOffset now) => new(
            one.Claim, one.Target is not null ? "accepted" : now < one.ExpiresAt ? "offered" : "expired", one.Resources,
            one.OfferedAt.UtcDateTime, one.ExpiresAt.UtcDateTime, one.Target, one.AcceptedAt?.UtcDateTime);
    }
}
