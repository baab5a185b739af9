using Marketplace.Core.Products;
using Marketplace.Core.Resources;
using Marketplace.Shell.Authentication;
using Marketplace.Shell.Idempotency;
using Marketplace.Shell.Persistence;
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
        var loads = new Loads();
        // A resource without a plan of its own has the installation's.
        var found = ResourceRows.LoadWithInstallationPlan(loads, caller.Installation, id);
        await loads.Read(database, cancel);
        return found.Value is ({ } resource and not Resource.Uninstalled, var ofInstallation)
            ? PartnerAnswer.Ok(ResourceWire.Of(resource, catalogue.OfferOf(ofInstallation, resource)))
            : ResourceProblem.Unknown(id);
    }
}
