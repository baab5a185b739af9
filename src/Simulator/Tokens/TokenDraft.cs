using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace Marketplace.Simulator.Tokens;

/// <summary>
/// A token before it is signed. It starts as Vercel would make it, and a test bends one thing: a claim, the key, the algorithm.
/// </summary>
public sealed record TokenDraft(ImmutableSortedDictionary<string, JsonNode?> Claims, TokenSignature Signature)
{
    public TokenDraft With(string claim, JsonNode? value) => this with { Claims = Claims.SetItem(claim, value) };

    public TokenDraft Without(string claim) => this with { Claims = Claims.Remove(claim) };

    public TokenDraft SignedBy(TokenSignature signature) => this with { Signature = signature };

    /// <summary>Was valid for an hour, until <paramref name="since"/>.</summary>
    public TokenDraft ExpiredAt(DateTimeOffset since) => LivingFrom(since.AddHours(-1), since);

    /// <summary>Will be valid for an hour, from <paramref name="start"/> on.</summary>
    public TokenDraft NotBefore(DateTimeOffset start) => LivingFrom(start, start.AddHours(1));

    internal TokenDraft LivingFrom(DateTimeOffset start, DateTimeOffset end) =>
        With("iat", start.ToUnixTimeSeconds()).With("nbf", start.ToUnixTimeSeconds()).With("exp", end.ToUnixTimeSeconds());
}

/// <summary>How a token is signed; all but the first are what a provider must refuse.</summary>
public abstract record TokenSignature
{
    private TokenSignature() { }

    /// <summary>RS256 with the key that the issuer signs with now.</summary>
    public sealed record Issued : TokenSignature;

    /// <summary>RS256 with a given key, under the given <c>kid</c> or none.</summary>
    public sealed record ByKey(SigningKey Key, string? KeyId) : TokenSignature;

    /// <summary>HS256, the classic confusion of a public key with a shared secret.</summary>
    public sealed record BySharedSecret(string Secret, string? KeyId) : TokenSignature
    {
        public override string ToString() => nameof(BySharedSecret);
    }

    /// <summary><c>alg: none</c> and an empty third part.</summary>
    public sealed record None : TokenSignature;
}
