using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;

namespace Marketplace.Simulator;

/// <summary>
/// Every id that Vercel gives, fixed by a seed. An id is a hash of the seed, its kind, the subject that it belongs to, and how many of the
/// kind the subject was given before: the same deeds get the same ids at every run, and what happens to one subject does not change
/// the ids of another. The subject of a team is a name that whoever makes it chooses; everything else is reached from there.
/// </summary>
/// <param name="Seed">Absent when it was left to chance: then nobody can guess an id, or have it twice.</param>
/// <param name="Key">What stands for the seed in every hash.</param>
/// <param name="Given">How many ids each kind and subject has; kept with the state, so that no id is given twice after a restart.</param>
internal sealed record Identifiers(long? Seed, byte[] Key, ImmutableDictionary<string, int> Given)
{
    private const int LengthMax = 48;

    public static Identifiers From(long? seed) => new(
        seed,
        seed is { } chosen ? SHA256.HashData(Encoding.UTF8.GetBytes($"seed {chosen}")) : RandomNumberGenerator.GetBytes(32),
        ImmutableDictionary<string, int>.Empty);

    public (Identifiers Next, Identity Identity) Give(string kind, params string[] subject)
    {
        var whose = $"{kind} {string.Join('/', subject)}";
        var count = Given.GetValueOrDefault(whose) + 1;
        var hash = HKDF.Expand(HashAlgorithmName.SHA256, Key, LengthMax, Encoding.UTF8.GetBytes($"{whose} {count}"));
        return (this with { Given = Given.SetItem(whose, count) }, new Identity(kind, hash));
    }

    /// <summary>Who knows the key knows every token to come.</summary>
    public override string ToString() => Seed is null ? "Identifiers by chance" : $"Identifiers by the seed {Seed}";
}

/// <summary>What tells one thing from every other, in each of the forms that Vercel writes it in.</summary>
internal sealed class Identity(string kind, byte[] hash)
{
    private const string Letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

    /// <summary>The kind, and characters without meaning: <c>icfg_…</c>.</summary>
    public string Id => $"{kind}_{Characters(24)}";

    /// <summary>Longer, for what must not be guessed.</summary>
    public string Token => $"{kind}_{Characters(48)}";

    public string Uuid => new Guid(hash.AsSpan(0, 16)).ToString();

    public string Hexadecimal(int digits) => Convert.ToHexStringLower(hash.AsSpan(0, digits / 2));

    public override string ToString() => $"Identity of a {kind}";

    private string Characters(int count) => string.Concat(hash.Take(count).Select(part => Letters[part % Letters.Length]));
}
