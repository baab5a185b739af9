using System.Security.Cryptography;
using System.Text;
using Marketplace.Core.Installations;
using Marketplace.Shell.Dashboard;
using Marketplace.Shell.SignOn;

namespace Marketplace.Shell.Imports;

/// <summary>
/// What a browser shows to be known again on the way through an import. It is good for the one person: who signs on after somebody in the
/// same browser does not go on where the other one has signed in with the provider.
/// </summary>
internal sealed record ImportSecret(InstallationId Installation, string UserId, SessionSecret Secret)
{
    /// <summary>As the cookie has it.</summary>
    public string Text => Secret.Text;

    public byte[] Hash => HashOf($"{Secret.Text} {UserId}");

    /// <summary>To which what is encrypted for the session is bound.</summary>
    public string Row => Convert.ToHexStringLower(Hash);

    public static ImportSecret Of(Visitor visitor, SessionSecret secret) => new(visitor.Id, visitor.Session.UserId, secret);

    public static byte[] HashOf(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));

    public override string ToString() => $"secret of an import to {Installation}";
}
