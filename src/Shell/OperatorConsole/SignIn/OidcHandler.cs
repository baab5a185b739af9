using System.Buffers.Text;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text.Encodings.Web;
using LanguageExt;
using Marketplace.Shell.SignOn;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OAuth;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Options;

namespace Marketplace.Shell.OperatorConsole.SignIn;

/// <summary>
/// The framework's OAuth handler, with what OpenID Connect adds: a nonce, and an id_token that must hold. State, PKCE and the cookie that binds
/// both to one browser are the framework's. It stands in no pipeline: our routes make one for a request.
/// </summary>
internal sealed class OidcHandler(
    IOptionsMonitor<OAuthOptions> options, ILoggerFactory logger, UrlEncoder encoder, OidcTokens tokens, PublicAddress address)
    : OAuthHandler<OAuthOptions>(options, logger, encoder)
{
    public const string Name = "operators";

    public const string Callback = $"{OperatorPaths.SignIn}/callback";

    private const string Nonce = "nonce";

    /// <summary>As browsers know us, whatever stands in front.</summary>
    private string RedirectUri => new Uri(address.Origin, Callback).AbsoluteUri;

    protected override string BuildChallengeUrl(AuthenticationProperties properties, string redirectUri)
    {
        var nonce = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        // Before the state is made of them, encrypted.
        properties.Items[Nonce] = nonce;
        return QueryHelpers.AddQueryString(base.BuildChallengeUrl(properties, RedirectUri), Nonce, nonce);
    }

    protected override Task<OAuthTokenResponse> ExchangeCodeAsync(OAuthCodeExchangeContext context) =>
        base.ExchangeCodeAsync(new OAuthCodeExchangeContext(context.Properties, context.Code, RedirectUri));

    protected override async Task<AuthenticationTicket> CreateTicketAsync(
        ClaimsIdentity identity, AuthenticationProperties properties, OAuthTokenResponse tokens)
    {
        var idToken = tokens.Response!.RootElement.TryGetProperty("id_token", out var given) ? given.GetString() : null;
        var nonce = properties.Items.TryGetValue(Nonce, out var expected) ? expected : null;
        Context.Features.Set(await Read(idToken, nonce));
        // The tokens are good for nothing else here, and are not kept.
        return new AuthenticationTicket(new ClaimsPrincipal(identity), properties, Name);
    }

    private async Task<OidcOutcome> Read(string? idToken, string? nonce) =>
        idToken is null || nonce is null
            ? new OidcOutcome.Refused("The issuer sent no id_token.")
            : (await tokens.Read(idToken, nonce)).Match<OidcOutcome>(person => person, why => new OidcOutcome.Refused(why));
}

/// <summary>What came of a way to the issuer and back.</summary>
internal abstract record OidcOutcome
{
    private OidcOutcome() { }

    /// <param name="Role">Null where the issuer names none that we know.</param>
    public sealed record Person(OperatorPerson Who, OperatorRole? Role) : OidcOutcome;

    /// <param name="Why">For the audit and the log.</param>
    public sealed record Refused(string Why) : OidcOutcome;
}
