using System.Collections.Frozen;
using System.Diagnostics;
using Microsoft.IdentityModel.Tokens;

namespace Marketplace.Shell.Authentication;

/// <summary>The issuer's RSA keys by their ids, at one moment.</summary>
internal sealed class KeySet
{
    public static readonly KeySet None = new(FrozenDictionary<string, SecurityKey>.Empty);

    private readonly long readAt = Stopwatch.GetTimestamp();

    private KeySet(FrozenDictionary<string, SecurityKey> keys) => Keys = keys;

    public FrozenDictionary<string, SecurityKey> Keys { get; }

    /// <summary>In real time, for this is about the network.</summary>
    public TimeSpan Age => Stopwatch.GetElapsedTime(readAt);

    /// <summary>
    /// A key that is the same as in the last set stays the same object, so that what was verified with it can be told
    /// from what was verified with another key of the same id.
    /// </summary>
    public static KeySet Of(IEnumerable<JsonWebKey> published, KeySet last)
    {
        var keys = new Dictionary<string, SecurityKey>(StringComparer.Ordinal);
        foreach (var key in published)
        {
            if (key is { Kty: JsonWebAlgorithmsKeyTypes.RSA, Kid: { Length: > 0 } id, N: { } modulus, E: { } exponent }
                && key.Use is null or "" or JsonWebKeyUseNames.Sig)
            {
                keys[id] = last.Keys.GetValueOrDefault(id) is VerificationKey same && same.Is(modulus, exponent)
                    ? same
                    : new VerificationKey(id, modulus, exponent);
            }
        }

        return new KeySet(keys.ToFrozenDictionary(StringComparer.Ordinal));
    }

    private sealed class VerificationKey : RsaSecurityKey
    {
        private readonly string modulus;
        private readonly string exponent;

        public VerificationKey(string id, string modulus, string exponent)
            : base(new System.Security.Cryptography.RSAParameters
            {
                Modulus = Base64UrlEncoder.DecodeBytes(modulus),
                Exponent = Base64UrlEncoder.DecodeBytes(exponent),
            })
        {
            KeyId = id;
            this.modulus = modulus;
            this.exponent = exponent;
            // A factory of its own: the shared one remembers verifiers by the key's id, which two keys may have in turn.
            CryptoProviderFactory = new CryptoProviderFactory();
        }

        public bool Is(string otherModulus, string otherExponent) => modulus == otherModulus && exponent == otherExponent;
    }
}
