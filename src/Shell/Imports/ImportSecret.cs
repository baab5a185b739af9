using System.Security.Cryptography;
using System.Text;
using Marketplace.Core.Installations;
using Marketplace.Shell.SignOn;

namespace Marketplace.Shell.Imports;

/// <summary>What a browser shows to be known again on the way through an import; it says in which installation to look.</summary>
internal sealed record ImportSecret(InstallationId Installation, SessionSecret Secret)
{
    /// <summary>As the cookie has it.</summary>
    public string Text => $"{Secret.Text}.{Installation}";

    public byte[] Hash => Secret.Hash;

    /// <summary>To which what is encrypted for the session is bound.</summary>
    public string Row => Convert.ToHexStringLower(Hash);

    public static ImportSecret New(InstallationId installation) => new(installation, SessionSecret.New());

    /// <summary>Null when it is none of ours.</summary>
    public static ImportSecret? Read(string? text) =>
        text?.Split('.', 2) is [var secret, { Length: > 0 } installation] && SessionSecret.Read(secret) is { } read
            ? new ImportSecret(new InstallationId(installation), read)
            : null;

    public static byte[] HashOf(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));

    public override string ToString() => $"secret of an import to {Installation}";
}
