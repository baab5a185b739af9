using Marketplace.Core.Products;
using Marketplace.Core.Resources;
using Marketplace.Shell.Authentication;
using Marketplace.Shell.Idempotency;
using Marketplace.Shell.Installations;
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
        var resource = ResourceRows.Load(loads, caller.Installation, id);
        // A resource without a plan of its own has the installation's.
        var installation = InstallationRows.Load(loads, caller.Installation);
        await loads.Read(database, cancel);
        return (resource.Value, installation.Value) switch
        {
            (null or Resource.Uninstalled, _) => ResourceProblem.Unknown(id),
            (_, null) => InstallationProblem.Unknown(caller.Installation),
            var (found, held) => PartnerAnswer.Ok(ResourceWire.Of(found, catalogue.OfferOf(held, found))),
        };
    }
}
