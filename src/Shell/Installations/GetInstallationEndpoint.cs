using Marketplace.Core.Installations;
using Marketplace.Core.Products;
using Marketplace.Shell.Authentication;
using Marketplace.Shell.Idempotency;
using Npgsql;

namespace Marketplace.Shell.Installations;

/// <summary>GET /v1/installations/{installationId}. Source: contract §B.1.</summary>
internal static class GetInstallationEndpoint
{
    public static readonly RequestDelegate Route = PartnerEndpoint.Reading(Accepts.System, Handle);

    private static async Task<IResult> Handle(
        Caller caller, NpgsqlDataSource database, Catalogue catalogue, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        var installation = await InstallationRows.Load(connection, caller.Installation, cancel);
        return installation is null or Installation.Finalized
            ? InstallationProblem.Unknown(caller.Installation)
            : PartnerAnswer.Ok(InstallationWire.Of(installation, catalogue));
    }
}
