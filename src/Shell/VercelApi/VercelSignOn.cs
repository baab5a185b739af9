using System.Text.Json.Serialization;
using LanguageExt;
using Marketplace.Core.Installations;
using Marketplace.Jobs.Vercel;
using Marketplace.Shell.Configuration;
using Marketplace.Shell.Persistence;
using static LanguageExt.Prelude;

namespace Marketplace.Shell.VercelApi;

/// <summary>Codes and refresh tokens, over HTTP. Source: contract §D.10, §D.13.</summary>
internal sealed class VercelSignOn(VercelCalls calls, VercelSettings settings) : IVercelSignOn
{
    private const string SignOnRoute = "v1/integrations/sso/token";

    public Task<VercelAnswer<SignOnTokens>> Exchange(string code, Option<string> state, Option<Uri> redirect, CancellationToken cancel) =>
        calls.SendOpen(
            VercelCall.Post(
                SignOnRoute,
                new ExchangeWire(
                    code, state.OrNull(), redirect.MatchUnsafe<string?>(uri => uri.AbsoluteUri, () => null),
                    settings.IntegrationId, settings.ClientSecret, "authorization_code"),
                VercelCall.Json((ExchangedWire wire) => wire.ToTokens())),
            cancel);

    public Task<VercelAnswer<SignOnTokens>> Refresh(string refreshToken, CancellationToken cancel) =>
        calls.SendOpen(
            VercelCall.Post(
                SignOnRoute,
                new RefreshWire(refreshToken, settings.IntegrationId, settings.ClientSecret, "refresh_token"),
                VercelCall.Json((RefreshedWire wire) => wire.ToTokens())),
            cancel);

    public Task<VercelAnswer<ConnectedAccount>> ExchangeConnection(string code, Uri redirect, CancellationToken cancel) =>
        calls.SendOpen(
            VercelCall.Post("v2/oauth/access_token", body: null, VercelCall.Json((ConnectionWire wire) => wire.ToAccount())) with
            {
                Body = () => new FormUrlEncodedContent(
                [
                    new("code", code),
                    new("client_id", settings.IntegrationId),
                    new("client_secret", settings.ClientSecret),
                    new("redirect_uri", redirect.AbsoluteUri),
                ]),
            },
            cancel);

    private sealed record ExchangeWire(
        string Code,
        string? State,
        [property: JsonPropertyName("redirect_uri")] string? RedirectUri,
        [property: JsonPropertyName("client_id")] string ClientId,
        [property: JsonPropertyName("client_secret")] string ClientSecret,
        [property: JsonPropertyName("grant_type")] string GrantType)
    {
        public override string ToString() => nameof(ExchangeWire);
    }

    private sealed record RefreshWire(
        [property: JsonPropertyName("refresh_token")] string RefreshToken,
        [property: JsonPropertyName("client_id")] string ClientId,
        [property: JsonPropertyName("client_secret")] string ClientSecret,
        [property: JsonPropertyName("grant_type")] string GrantType)
    {
        public override string ToString() => nameof(RefreshWire);
    }

    private sealed record ExchangedWire(
        [property: JsonPropertyName("id_token")] string IdToken,
        [property: JsonPropertyName("access_token")] string? AccessToken,
        [property: JsonPropertyName("token_type")] string? TokenType,
        [property: JsonPropertyName("expires_in")] double? ExpiresIn,
        [property: JsonPropertyName("refresh_token")] string? RefreshToken)
    {
        public SignOnTokens ToTokens() => new(
            IdToken,
            AccessToken is null ? None : new AccessToken(AccessToken, TokenType ?? "Bearer"),
            ExpiresIn is { } seconds ? TimeSpan.FromSeconds(seconds) : None,
            Optional(RefreshToken)!);

        public override string ToString() => nameof(ExchangedWire);
    }

    /// <summary>Here everything must be there.</summary>
    private sealed record RefreshedWire(
        [property: JsonPropertyName("id_token")] string IdToken,
        [property: JsonPropertyName("access_token")] string AccessToken,
        [property: JsonPropertyName("token_type")] string TokenType,
        [property: JsonPropertyName("expires_in")] double ExpiresIn,
        [property: JsonPropertyName("refresh_token")] string RefreshToken)
    {
        public SignOnTokens ToTokens() => new(
            IdToken, new AccessToken(AccessToken, TokenType), TimeSpan.FromSeconds(ExpiresIn), RefreshToken);

        public override string ToString() => nameof(RefreshedWire);
    }

    private sealed record ConnectionWire(
        [property: JsonPropertyName("token_type")] string TokenType,
        [property: JsonPropertyName("access_token")] string AccessToken,
        [property: JsonPropertyName("installation_id")] string InstallationId,
        [property: JsonPropertyName("user_id")] string UserId,
        [property: JsonPropertyName("team_id")] string? TeamId)
    {
        public ConnectedAccount ToAccount() => new(
            new InstallationId(InstallationId), new AccessToken(AccessToken, TokenType), UserId, Optional(TeamId)!);

        public override string ToString() => nameof(ConnectionWire);
    }
}
