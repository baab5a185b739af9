using Marketplace.Simulator.Imports;
using Marketplace.Simulator.Installations;
using Marketplace.Simulator.Webhooks;

namespace Marketplace.Simulator.Dashboard;

/// <summary>The customer brings what he has with the provider already. Source: contract §E.10.</summary>
internal sealed partial class CustomerDashboard
{
    /// <summary>The address that a browser opens to choose, at the provider, what is to be imported.</summary>
    public Uri Import(string installationId, string? productId = null)
    {
        var address = addresses.ImportResource ?? throw new InvalidOperationException("The Import Resource URL is not set.");
        var visit = store.Change(state =>
        {
            if (RequireNative(installationId).Stage != InstallationStage.Installed)
            {
                throw new InvalidOperationException("The installation is not installed.");
            }

            (state, var identity) = state.Identify("imp", installationId);
            var begun = new ImportVisit(
                identity.Id, installationId, productId, clock.GetUtcNow(), ReturnedAt: null, ResourceId: null);
            return (state.Begin(begun), begun);
        });
        return BrowserAddresses.With(address,
        [
            ("installation_id", installationId),
            .. productId is null ? Enumerable.Empty<(string, string)>() : [("product_id", productId)],
            ("state", visit.State),
            ("return", $"{issuer.Issuer}{ImportReturn.Path}"),
        ]);
    }

    /// <summary>
    /// Removes a linked resource, which stays the provider's: he is not called, and hears of it only by the disconnection from projects.
    /// </summary>
    public void RemoveLinked(string installationId, string resourceId)
    {
        store.Change(state => Find(state, installationId, resourceId).Resource.IsLinked
            ? Deleted(state, installationId, resourceId, clock.GetUtcNow())
            : throw new InvalidOperationException($"The resource {resourceId} is not linked."));
        work.Wake();
    }
}
