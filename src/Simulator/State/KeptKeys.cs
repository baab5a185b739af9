using System.Collections.Immutable;
using Marketplace.Simulator.Tokens;

namespace Marketplace.Simulator.State;

/// <summary>The signing keys between two runs: tokens and cached key sets stay valid.</summary>
internal static class KeptKeys
{
    public static TokenIssuer Resume(ImmutableList<KeptSigningKey> kept, TokenIssuer issuer, VercelStore store)
    {
        if (!kept.IsEmpty)
        {
            issuer.Restore(kept.ConvertAll(key => SigningKey.FromPkcs8(key.KeyId, key.Pkcs8)));
        }

        Keep(issuer.PublishedKeys);
        issuer.WhenKeysChange = Keep;
        return issuer;

        void Keep(ImmutableList<SigningKey> keys) => store.Change(
            state => state with { SigningKeys = keys.ConvertAll(key => new KeptSigningKey(key.KeyId, key.ToPkcs8())) });
    }
}
