using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Marketplace.Shell.SignOn;

/// <summary>What a browser shows to be known again: 256 random bits in a cookie. We keep the hash alone.</summary>
internal sealed class SessionSecret
{
    private const int Bytes = 32;

    private static readonly byte[] OfForms = "forms"u8.ToArray();

    private readonly byte[] secret;

    private SessionSecret(byte[] secret) => this.secret = secret;

    /// <summary>As the cookie has it.</summary>
    public string Text => Base64Url.EncodeToString(secret);

    public byte[] Hash => SHA256.HashData(secret);

    /// <summary>
    /// What every form of the session carries, so that no other site's form is taken for one of ours: whoever cannot read the page does not
    /// know it, and it does not tell the secret.
    /// </summary>
    public string FormToken => Base64Url.EncodeToString(HMACSHA256.HashData(secret, OfForms));

    /// <summary>Proves that we said something to this browser, and nobody else did.</summary>
    public string Seal(string text) => Base64Url.EncodeToString(HMACSHA256.HashData(secret, Encoding.UTF8.GetBytes($"text:{text}")));

    public static SessionSecret New() => new(RandomNumberGenerator.GetBytes(Bytes));

    /// <summary>Null when it is none of ours.</summary>
    public static SessionSecret? Read(string? text)
    {
        if (text is not { Length: > 0 and < 100 } || !Base64Url.IsValid(text))
            return null;
        var bytes = Base64Url.DecodeFromChars(text);
        return bytes.Length == Bytes ? new SessionSecret(bytes) : null;
    }

    public bool IsFormToken(string? given) =>
        given is not null && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(given), Encoding.ASCII.GetBytes(FormToken));

    public bool IsSealOf(string text, string? given) =>
        given is not null && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(given), Encoding.ASCII.GetBytes(Seal(text)));

    public override string ToString() => nameof(SessionSecret);
}
