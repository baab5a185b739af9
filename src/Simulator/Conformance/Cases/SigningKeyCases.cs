using System.Collections.Immutable;
using Marketplace.Simulator.Dashboard;
using Marketplace.Simulator.Tokens;

namespace Marketplace.Simulator.Conformance.Cases;

/// <summary>Vercel signs with another key one day. Source: contract §A.1: cache the key set, and fetch it again for an unknown key id.</summary>
internal static class SigningKeyCases
{
    public static readonly ImmutableArray<ConformanceCase> All =
    [
        new("authorization/signing-keys/new-key", "A key that Vercel has just begun to sign with is fetched, and its tokens are good.",
            Source.Authentication, Level.Required, NewKey) { TimeLimit = TimeSpan.FromSeconds(120) },
        new("authorization/signing-keys/old-key-beside-new", "The key that was used until now stays good as long as it is published.",
            Source.Authentication, Level.Required, OldKeyBesideNew) { TimeLimit = TimeSpan.FromSeconds(120) },
        new("authorization/signing-keys/withdrawn-key", "A key that is not published any more is refused once the keys were fetched again.",
            Source.Experience("keys are withdrawn because they have leaked"), Level.Recommended, WithdrawnKey) { TimeLimit = TimeSpan.FromSeconds(120) },
    ];

    private static async Task NewKey(Trial trial) => await Rotated(trial, await trial.SharedTenant(), keepsOld: true);

    private static async Task OldKeyBesideNew(Trial trial)
    {
        var tenant = await trial.SharedTenant();
        var old = await Rotated(trial, tenant, keepsOld: true);
        trial.ExpectSuccess(await Read(trial, tenant, new TokenSignature.ByKey(old, old.KeyId)));
    }

    private static async Task WithdrawnKey(Trial trial)
    {
        var tenant = await trial.SharedTenant();
        trial.ExpectSuccess(await Read(trial, tenant, new TokenSignature.Issued()));
        var old = await Rotated(trial, tenant, keepsOld: false);
        trial.ExpectForbidden(await Read(trial, tenant, new TokenSignature.ByKey(old, old.KeyId)));
    }

    /// <summary>
    /// Returns the key that was used until now, once the provider has seen the new one; the cases after this one live by that as well. With
    /// whoever never sees it they go on by the old one, so that this is not told of all of them.
    /// </summary>
    private static async Task<SigningKey> Rotated(Trial trial, Tenant tenant, bool keepsOld)
    {
        var (published, old) = (trial.Tokens.PublishedKeys, trial.Tokens.CurrentKey);
        trial.Tokens.RotateKey(keepsOld);
        try
        {
            // Libraries ask an issuer once in half a minute at most, and other cases have made them ask just now.
            trial.ExpectSuccess(await trial.Eventually(
                "a token of the new key is good", () => Read(trial, tenant, new TokenSignature.Issued()), exchange => exchange.IsSuccess,
                trial.Options.Patience * 2));
            return old;
        }
        catch (CaseEndedException)
        {
            trial.Tokens.Restore(published);
            throw;
        }
    }

    private static Task<Exchange> Read(Trial trial, Tenant tenant, TokenSignature signature) => trial.Send(
        PartnerCalls.GetResource(tenant.InstallationId, tenant.ResourceId, trial.SystemToken(tenant.InstallationId).SignedBy(signature)));
}
