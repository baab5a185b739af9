using Marketplace.Core.Products;
using Marketplace.Core.Resources;
using Marketplace.Shell.Authentication;
using Marketplace.Shell.Idempotency;
using Marketplace.Shell.Installations;
using Marketplace.Shell.Products;
using Npgsql;

namespace Marketplace.Shell.Resources;

/// <summary>GET /v1/installations/{installationId}/resources/{resourceId}: never with secrets. Source: contract §B.2.</summary>
internal static class GetResourceEndpoint
{
    public static readonly RequestDelegate Route = PartnerEndpoint.Reading(Accepts.System, Handle);

    private static async Task<IResult> Handle(
        Caller caller, string resourceId, NpgsqlDataSource database, Catalogue catalogue, CancellationToken cancel)
    {
        var id = new ResourceId(resourceId);
        await using var connection = await database.OpenConnectionAsync(cancel);
        var resource = await ResourceRows.Load(connection, caller.Installation, id, cancel);
        if (resource is null or Resource.Uninstalled)
            return ResourceProblem.Unknown(id);

        // A resource without a plan of its own has the installation's.
        var installation = await InstallationRows.Load(connection, caller.Installation, cancel);
        return installation is null
            ? InstallationProblem.Unknown(caller.Installation)
            : PartnerAnswer.Ok(ResourceWire.Of(resource, catalogue.PlanOf(installation, resource)));
    }
}
