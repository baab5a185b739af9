using System.Text.Encodings.Web;
using Marketplace.Shell.Configuration;
using Marketplace.Shell.SignOn;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OAuth;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace Marketplace.Shell.OperatorConsole.SignIn;

/// <summary>The way to the issuer and back.</summary>
internal sealed class OidcSignIn(
    OidcSettings settings, OidcIssuer issuer, OidcTokens tokens, PublicAddress address, IDataProtectionProvider protection, IHttpClientFactory clients,
    ILoggerFactory logs)
{
    /// <summary>Where the person wanted to go.</summary>
    private const string To = "to";

    /// <summary>Sends the browser to the issuer. False where the issuer does not answer.</summary>
    public async Task<bool> Begin(HttpContext context, string to)
    {
        if (await Handler(context) is not { } handler)
            return false;
        await handler.ChallengeAsync(new AuthenticationProperties { Items = { [To] = to } });
        return true;
    }

    /// <summary>Reads with what the issuer sends the browser back.</summary>
    /// <returns>What came of it, and where the person wanted to go.</returns>
    public async Task<(OidcOutcome Outcome, string To)> Complete(HttpContext context)
    {
        if (await Handler(context) is not { } handler)
            return (new OidcOutcome.Refused("The issuer does not answer."), OperatorPaths.Root);
        await handler.HandleRequestAsync();
        return (
            context.Features.Get<OidcOutcome>() ?? new OidcOutcome.Refused("The way back fits to no sign-in."),
            OperatorPaths.PageOf(context.Features.Get<Wish>()?.To));
    }

    /// <summary>One for a request, as the framework has it. Null where the issuer does not answer.</summary>
    private async Task<OidcHandler?> Handler(HttpContext context)
    {
        if (await issuer.Ask() is not { } document)
            return null;
        var handler = new OidcHandler(new Same(Options(document)), logs, UrlEncoder.Default, tokens, address);
        await handler.InitializeAsync(new AuthenticationScheme(OidcHandler.Name, settings.Label, typeof(OidcHandler)), context);
        return handler;
    }

    private OAuthOptions Options(OpenIdConnectConfiguration document)
    {
        var options = new OAuthOptions
        {
            ClientId = settings.ClientId,
            ClientSecret = settings.ClientSecret,
            AuthorizationEndpoint = document.AuthorizationEndpoint,
            TokenEndpoint = document.TokenEndpoint,
            CallbackPath = OidcHandler.Callback,
            UsePkce = true,
            // Nobody is signed in by the framework: we have sessions of our own.
            SignInScheme = "none",
            TimeProvider = TimeProvider.System,
            DataProtectionProvider = protection,
            StateDataFormat = new PropertiesDataFormat(protection.CreateProtector("operator sign-in", "state")),
            Backchannel = clients.CreateClient(OidcIssuer.Client),
        };
        foreach (var scope in settings.Scopes)
            options.Scope.Add(scope);
        options.CorrelationCookie.SameSite = SameSiteMode.Lax;
        options.CorrelationCookie.SecurePolicy = address.IsHttps ? CookieSecurePolicy.Always : CookieSecurePolicy.None;
        options.Events.OnTicketReceived = received =>
        {
            received.HttpContext.Features.Set(new Wish(received.Properties!.Items[To]));
            received.HandleResponse();
            return Task.CompletedTask;
        };
        options.Events.OnAccessDenied = denied => Refuse(denied, "The issuer says that the person did not agree.");
        options.Events.OnRemoteFailure = failed => Refuse(failed, $"The way back fits to no sign-in, or the issuer took no code: {failed.Failure?.GetType().Name}.");
        return options;
    }

    private static Task Refuse(HandleRequestContext<RemoteAuthenticationOptions> context, string why)
    {
        context.HttpContext.Features.Set<OidcOutcome>(new OidcOutcome.Refused(why));
        context.HandleResponse();
        return Task.CompletedTask;
    }

    private sealed record Wish(string? To);

    private sealed class Same(OAuthOptions options) : IOptionsMonitor<OAuthOptions>
    {
        public OAuthOptions CurrentValue => options;

        public OAuthOptions Get(string? name) => options;

        public IDisposable? OnChange(Action<OAuthOptions, string?> listener) => null;
    }
}
