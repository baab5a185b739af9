using System.Text.Json.Serialization;
using Marketplace.Core.Installations;
using Marketplace.Jobs.Vercel;
using Marketplace.Shell.Configuration;

namespace Marketplace.Shell.VercelApi;

/// <summary>The tokens themselves, over HTTP. Source: contract §D.3.</summary>
internal sealed class VercelCredentials(VercelCalls calls, VercelSettings settings) : IVercelCredentials
{
    public Task<VercelAnswer<AccessToken>> Rotate(InstallationId installation, AccessToken by, CancellationToken cancel) =>
        calls.Send(
            installation,
            by,
            VercelCall.Post(
                VercelRoute.Of(installation, $"credentials/rotate"),
                new RotateWire(settings.ClientSecret, settings.IntegrationId),
                VercelCall.Json((RotatedWire wire) => new AccessToken(wire.AccessToken, wire.TokenType))),
            cancel);

    public Task<VercelAnswer<Nothing>> Try(InstallationId installation, AccessToken token, CancellationToken cancel) =>
        calls.Send(installation, token, VercelCall.Get(VercelRoute.Of(installation, $"account"), (AccountWire _) => default(Nothing)), cancel);

    public Task<VercelAnswer<Nothing>> Revoke(InstallationId installation, AccessToken token, AccessToken by, CancellationToken cancel) =>
        calls.Send(
            installation,
            by,
            VercelCall.Post(
                VercelRoute.Of(installation, $"credentials/revoke"), new RevokeWire(token.Value, settings.ClientSecret, settings.IntegrationId)),
            cancel);

    private sealed record RotateWire(
        [property: JsonPropertyName("client_secret")] string ClientSecret, [property: JsonPropertyName("client_id")] string ClientId)
    {
        public override string ToString() => nameof(RotateWire);
    }

    private sealed record RotatedWire(
        [property: JsonPropertyName("access_token")] string AccessToken, [property: JsonPropertyName("token_type")] string TokenType)
    {
        public override string ToString() => nameof(RotatedWire);
    }

    private sealed record RevokeWire(
        string Token,
        [property: JsonPropertyName("client_secret")] string ClientSecret,
        [property: JsonPropertyName("client_id")] string ClientId)
    {
        public override string ToString() => nameof(RevokeWire);
    }
}
