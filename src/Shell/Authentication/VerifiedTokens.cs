using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Microsoft.IdentityModel.Tokens;

namespace Marketplace.Shell.Authentication;

/// <summary>A token whose signature, issuer and audience hold for good, and its lifetime for the moment.</summary>
/// <param name="Key">What it was verified with; a token does not outlive the publication of its key.</param>
internal sealed record VerifiedToken(TokenClaims Claims, string KeyId, SecurityKey Key)
{
    public override string ToString() => Claims.ToString();
}

/// <summary>
/// Remembers verified tokens by their hash: the check of a signature is most of the cost of a small request. Bounded:
/// of two generations the older is dropped when the younger is full.
/// </summary>
internal sealed class VerifiedTokens(int generationSize)
{
    private volatile ConcurrentDictionary<TokenHash, VerifiedToken> young = new();
    private volatile ConcurrentDictionary<TokenHash, VerifiedToken> old = new();

    public VerifiedToken? Find(TokenHash hash)
    {
        if (young.TryGetValue(hash, out var token))
        {
            return token;
        }

        if (old.TryRemove(hash, out token))
        {
            Add(hash, token);
            return token;
        }

        return null;
    }

    public void Add(TokenHash hash, VerifiedToken token)
    {
        var generation = young;
        if (generation.Count >= generationSize)
        {
            old = generation;
            generation = young = new();
        }

        generation[hash] = token;
    }

    public void Remove(TokenHash hash)
    {
        young.TryRemove(hash, out _);
        old.TryRemove(hash, out _);
    }
}

/// <summary>SHA-256 of a whole token, its signature included.</summary>
internal readonly record struct TokenHash(UInt128 Left, UInt128 Right)
{
    public static TokenHash Of(string token)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(token), hash);
        return new TokenHash(
            System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(hash),
            System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(hash[16..]));
    }
}
