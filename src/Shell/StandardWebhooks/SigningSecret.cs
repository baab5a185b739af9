using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Marketplace.Shell.StandardWebhooks;

/// <summary>What two sides share to sign and verify messages between them. Source: Standard Webhooks 1.0, symmetric signatures.</summary>
public sealed class SigningSecret
{
    /// <summary>What a secret looks like, for whoever has to write one.</summary>
    public const string Form = "whsec_ and the base64 of 24 to 64 random bytes";

    private const string Prefix = "whsec_";
    private const int BytesMin = 24;
    private const int BytesMax = 64;

    private readonly byte[] key;

    private SigningSecret(byte[] key) => this.key = key;

    /// <summary>Null when it is no secret: too short a one would sign as well, and be guessed.</summary>
    public static SigningSecret? Parse(string text)
    {
        if (!text.StartsWith(Prefix, StringComparison.Ordinal) || !Base64.IsValid(text.AsSpan(Prefix.Length), out var length))
            return null;
        return length is >= BytesMin and <= BytesMax ? new SigningSecret(Convert.FromBase64String(text[Prefix.Length..])) : null;
    }

    /// <summary>A signature as the header has it, under version 1: the base64 of an HMAC-SHA256 over id, time and body.</summary>
    internal string Sign(string id, DateTimeOffset sentAt, ReadOnlySpan<byte> body)
    {
        using var hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key);
        hash.AppendData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{id}.{sentAt.ToUnixTimeSeconds()}.")));
        hash.AppendData(body);
        return "v1," + Convert.ToBase64String(hash.GetHashAndReset());
    }

    public override string ToString() => nameof(SigningSecret);
}
