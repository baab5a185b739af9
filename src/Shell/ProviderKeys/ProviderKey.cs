using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Marketplace.Shell.ProviderKeys;

/// <summary>The key itself, as the provider's backend shows it: 256 random bits behind a mark by which scanners find a lost one.</summary>
internal sealed record ProviderKey(string Text)
{
    private const string Mark = "mpk_";
    private const int RandomBytes = 32;
    private const int ShownRandom = 6;

    private static readonly int Length = Mark.Length + Base64Url.GetEncodedLength(RandomBytes);

    /// <summary>What of it may be shown: enough to tell one key from another.</summary>
    public string Prefix => Text[..(Mark.Length + ShownRandom)];

    public static ProviderKey New()
    {
        Span<byte> random = stackalloc byte[RandomBytes];
        RandomNumberGenerator.Fill(random);
        return new ProviderKey(Mark + Base64Url.EncodeToString(random));
    }

    /// <summary>Null when it cannot be one, whatever the store says.</summary>
    public static ProviderKey? Parse(string text) =>
        text.Length == Length && text.StartsWith(Mark, StringComparison.Ordinal) && Ascii.IsValid(text) ? new ProviderKey(text) : null;

    /// <summary>What is kept of it. So much chance cannot be guessed, so that a plain hash is as good as a slow one.</summary>
    public byte[] Hash() => SHA256.HashData(Encoding.ASCII.GetBytes(Text));

    /// <summary>Records print every property, and logs print records: the key stays out.</summary>
    public override string ToString() => nameof(ProviderKey);
}
