using Marketplace.Shell.Authentication;
using Marketplace.Shell.Configuration;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace Marketplace.Shell.OperatorConsole.SignIn;

/// <summary>The issuer from which operators come: what it says of itself, and its keys.</summary>
internal sealed class OidcIssuer : IDisposable
{
    public const string Client = "operator-issuer";

    private readonly OidcSettings settings;

    public OidcIssuer(OidcSettings settings, IHttpClientFactory clients, ILogger<IssuerKeys> log)
    {
        this.settings = settings;
        Keys = new IssuerKeys(
            new Uri($"{settings.Authority.AbsoluteUri.TrimEnd('/')}/.well-known/openid-configuration"), clients.CreateClient(Client), log,
            waitBetweenAsks: TimeSpan.FromSeconds(10));
    }

    public IssuerKeys Keys { get; }

    /// <summary>Null where it does not answer, or names itself otherwise than it is configured.</summary>
    public async Task<OpenIdConnectConfiguration?> Ask()
    {
        if (Keys.Document is null)
            await Keys.Refresh();
        return Keys.Document is { AuthorizationEndpoint: { Length: > 0 }, TokenEndpoint: { Length: > 0 }, Issuer: { } issuer } document
            && issuer.TrimEnd('/') == settings.Authority.OriginalString.TrimEnd('/') ? document : null;
    }

    public void Dispose() => Keys.Dispose();
}
