using Marketplace.Core.ApiKeys;
using Marketplace.Core.Installations;
using Marketplace.Core.Resources;
using Marketplace.Shell.Products;

namespace Marketplace.Shell.Provisioning.Keys;

/// <summary>Whether a text that somebody shows at the provider's gateway is a key that opens something, and whose it is.</summary>
internal sealed class KeyVerification(KeyLookups lookups, CatalogueInForce catalogue, TimeProvider clock)
{
    /// <summary>The verdict and, of a key that was handed out, the installation that has it now.</summary>
    public async Task<(KeyVerdict Verdict, InstallationId? Installation)> Verify(string text, CancellationToken cancel)
    {
        if (ApiKey.Parse(text) is not { } key)
            return (new KeyVerdict.Malformed(), null);
        if (await lookups.Find(key, cancel) is not { } found)
            return (new KeyVerdict.Unknown(), null);

        var now = clock.GetUtcNow();
        var resource = SettledPlan.Begun(found.Resource, now).Next;
        var held = new HeldKey(resource, catalogue.Now.PlanOf(found.InstallationPlan, resource), found.EndsAt, found.Left);
        return (KeyVerdict.Of(held, now), found.Installation);
    }
}
