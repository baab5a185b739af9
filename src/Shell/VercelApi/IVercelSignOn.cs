using LanguageExt;
using Marketplace.Core.Installations;
using Marketplace.Jobs.Vercel;

namespace Marketplace.Shell.VercelApi;

/// <summary>
/// Who comes from Vercel in a browser, by the code that the browser brings. No token proves who calls, but the client's id and secret.
/// A code works once, so that nothing of this is repeated by itself. Source: contract §D.10, §D.13.
/// </summary>
internal interface IVercelSignOn
{
    /// <param name="state">As it came with the code.</param>
    Task<VercelAnswer<SignOnTokens>> Exchange(string code, Option<string> state, Option<Uri> redirect, CancellationToken cancel);

    Task<VercelAnswer<SignOnTokens>> Refresh(string refreshToken, CancellationToken cancel);

    /// <summary>The code of a connectable account (§D.13): what is made by it is an installation of the second kind.</summary>
    Task<VercelAnswer<ConnectedAccount>> ExchangeConnection(string code, Uri redirect, CancellationToken cancel);
}

/// <summary>What a sign-on brings.</summary>
/// <param name="IdToken">To be verified like a token of the Partner API, and not to be stored.</param>
/// <param name="AccessToken">None where Vercel gives none.</param>
internal sealed record SignOnTokens(
    string IdToken, Option<AccessToken> AccessToken, Option<TimeSpan> ExpiresIn, Option<string> RefreshToken)
{
    /// <summary>Records print every property, and logs print records: the values stay out.</summary>
    public override string ToString() => nameof(SignOnTokens);
}

/// <summary>A second kind of installation, beside a native one of the same team.</summary>
/// <param name="Team">None for a personal account.</param>
internal sealed record ConnectedAccount(InstallationId Installation, AccessToken Token, string UserId, Option<string> Team);
