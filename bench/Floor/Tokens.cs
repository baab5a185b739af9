using System.Collections.Concurrent;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace Marketplace.Floor;

/// <summary>Checks each token in full, with the library that the server uses.</summary>
/// <param name="remembers">
/// A token that was checked before is known again, as the server does it: then it costs a look into a dictionary and at the clock.
/// </param>
internal sealed class Tokens(TokenValidationParameters rules, bool remembers)
{
    private const string Scheme = "Bearer ";
    private const int RememberedMax = 16 * 1024;

    private readonly JsonWebTokenHandler library = new();
    private readonly ConcurrentDictionary<string, Verified> remembered = new();

    public static async Task<Tokens> Of(Uri metadata, string issuer, string audience, bool remembers)
    {
        using var http = new HttpClient();
        var discovery = await OpenIdConnectConfigurationRetriever.GetAsync(
            metadata.AbsoluteUri, new HttpDocumentRetriever(http) { RequireHttps = false }, CancellationToken.None);
        return new Tokens(
            new TokenValidationParameters
            {
                IssuerSigningKeys = discovery.SigningKeys,
                ValidIssuer = issuer,
                ValidAudience = audience,
            },
            remembers);
    }

    /// <summary>Whether the request may be answered.</summary>
    /// <param name="installation">Of the path; null where a token of any installation will do.</param>
    public bool Allow(string? authorization, string? installation)
    {
        if (authorization?.StartsWith(Scheme, StringComparison.Ordinal) != true)
            return false;

        if (!remembers || !remembered.TryGetValue(authorization, out var verified))
        {
            var result = library.ValidateToken(authorization[Scheme.Length..], rules);
            if (!result.IsValid)
                return false;

            var token = (JsonWebToken)result.SecurityToken;
            verified = new Verified(token.GetPayloadValue<string?>("installation_id"), token.ValidTo);
            if (remembers)
                Remember(authorization, verified);
        }

        return verified.ValidTo > TimeProvider.System.GetUtcNow().UtcDateTime && (installation is null || installation == verified.Installation);
    }

    private void Remember(string authorization, Verified verified)
    {
        if (remembered.Count >= RememberedMax)
            remembered.Clear();
        remembered[authorization] = verified;
    }

    private sealed record Verified(string? Installation, DateTime ValidTo);
}
