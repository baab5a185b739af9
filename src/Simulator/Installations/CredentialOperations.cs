using System.Text.Json.Nodes;
using Marketplace.Simulator.Api;

namespace Marketplace.Simulator.Installations;

/// <summary>Contract D.3: a new token beside the old one, and the end of an old one.</summary>
internal static class CredentialOperations
{
    private const int ExpiresInSeconds = 365 * 24 * 60 * 60;

    public static VercelDecision Rotate(VercelRequest request)
    {
        if (ClientCheck.Refusal(request) is { } refusal)
        {
            return request.Answer(refusal);
        }

        var (identified, identity) = request.Identify("vct", request.Installation.Id, "rotated");
        var token = new AccessToken(identity.Token, request.Now, RevokedAt: null);
        return identified.Keep(
            request.Installation with { Tokens = request.Installation.Tokens.Add(token) },
            ApiAnswer.Ok(new JsonObject
            {
                ["access_token"] = token.Value,
                ["expires_in"] = ExpiresInSeconds,
                ["scope"] = "read-write:marketplace read-write:integration-resource",
                ["token_type"] = "oauth2-token",
            }));
    }

    /// <summary>The last token that lives is not revoked: the provider would lock itself out.</summary>
    public static VercelDecision Revoke(VercelRequest request)
    {
        if (ClientCheck.Refusal(request) is { } refusal)
        {
            return request.Answer(refusal);
        }

        var installation = request.Installation;
        var value = request.Body.GetProperty("token").GetString();
        var index = installation.Tokens.FindIndex(token => token.Value == value);
        if (index < 0)
        {
            return request.Answer(ApiAnswer.NotFound("The installation has no such token."));
        }

        if (installation.Tokens[index].RevokedAt is not null)
        {
            return request.Answer(Revoked(already: true));
        }

        if (installation.Tokens.Count(token => token.RevokedAt is null) == 1)
        {
            return request.Answer(ApiAnswer.Conflict("This is the only token that lives; rotate first."));
        }

        var revoked = installation.Tokens[index] with { RevokedAt = request.Now };
        return request.Keep(
            installation with { Tokens = installation.Tokens.SetItem(index, revoked) },
            Revoked(already: false));
    }

    private static ApiAnswer Revoked(bool already) =>
        ApiAnswer.Ok(new JsonObject { ["already_revoked"] = already, ["revoked"] = true });
}
