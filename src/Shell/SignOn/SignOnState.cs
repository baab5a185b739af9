using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Marketplace.Core.Installations;

namespace Marketplace.Shell.SignOn;

/// <summary>
/// The <c>state</c> of a sign-on that begins on our side: it comes back once, to the browser that left with it, before it is old. It names
/// its installation, and looks like none of Vercel's. Source: contract §E.9.
/// </summary>
internal sealed record SignOnState(InstallationId Installation, string Random)
{
    /// <summary>As long as somebody may take to sign in to Vercel on the way.</summary>
    public static readonly TimeSpan AgeMax = TimeSpan.FromMinutes(10);

    private const string Mark = "marketplace";

    public string Text => $"{Mark}.{Random}.{Installation}";

    public byte[] Hash => SHA256.HashData(Encoding.UTF8.GetBytes(Text));

    public static SignOnState New(InstallationId installation) =>
        new(installation, Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32)));

    /// <summary>Null for a state that did not begin with us: Vercel's own.</summary>
    public static SignOnState? Read(string? text) =>
        text?.Split('.', 3) is [Mark, var random, { Length: > 0 } installation]
            ? new SignOnState(new InstallationId(installation), random)
            : null;

    public override string ToString() => $"state of a sign-on to {Installation}";
}
