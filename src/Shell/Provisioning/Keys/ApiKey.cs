using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Marketplace.Core.Installations;
using Marketplace.Core.Resources;

namespace Marketplace.Shell.Provisioning.Keys;

/// <summary>A key of Acme Keys: says where it is kept, and proves itself by 256 random bits.</summary>
/// <remarks>The installation is in it because no partition of the store knows what is in the others.</remarks>
internal sealed record ApiKey(string Text, InstallationId Installation, ResourceId Resource)
{
    private const string Mark = "ak";
    private const int RandomBytes = 32;

    /// <summary>No installation has an id that is nearly as long.</summary>
    private const int LengthMax = 512;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static ApiKey New(InstallationId installation, ResourceId resource)
    {
        Span<byte> random = stackalloc byte[RandomBytes];
        RandomNumberGenerator.Fill(random);
        var text = $"{Mark}.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(installation.Value))}.{resource.Value}.{Base64Url.EncodeToString(random)}";
        return new ApiKey(text, installation, resource);
    }

    /// <summary>Null when it cannot be one, whatever the store says.</summary>
    public static ApiKey? Parse(string text) =>
        text.Length <= LengthMax && Ascii.IsValid(text)
            && text.Split('.') is [Mark, var installation, { Length: > 0 } resource, var random]
            && Decoded(random) is { Length: RandomBytes }
            && Utf8(Decoded(installation)) is { Length: > 0 } decoded
            && IsStorable(decoded) && IsStorable(resource)
            ? new ApiKey(text, new InstallationId(decoded), new ResourceId(resource))
            : null;

    /// <summary>What is kept of it. So much chance cannot be guessed, so that a plain hash is as good as a slow one.</summary>
    public byte[] Hash() => SHA256.HashData(Encoding.ASCII.GetBytes(Text));

    /// <summary>Records print every property, and logs print records: the key stays out.</summary>
    public override string ToString() => nameof(ApiKey);

    private static byte[]? Decoded(string base64) => Base64Url.IsValid(base64) ? Base64Url.DecodeFromChars(base64) : null;

    private static string? Utf8(byte[]? bytes)
    {
        try
        {
            return bytes is null ? null : StrictUtf8.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    /// <summary>PostgreSQL has no text with U+0000.</summary>
    private static bool IsStorable(string text) => !text.Contains('\0', StringComparison.Ordinal);
}
