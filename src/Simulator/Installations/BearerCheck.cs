using Marketplace.Simulator.Api;
using Marketplace.Simulator.State;

namespace Marketplace.Simulator.Installations;

/// <summary>Whether a bearer token may act on the installation in the path. Source: contract A.2 and E.5.</summary>
internal static class BearerCheck
{
    public static (Installation? Installation, AccessToken? Token, ApiAnswer? Refusal) Check(VercelState state, HttpRequest request)
    {
        var header = request.Headers.Authorization.ToString();
        if (!header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) || header.Length == "Bearer ".Length)
        {
            return Refused(StatusCodes.Status401Unauthorized, "unauthorized", "The request has no bearer token.");
        }

        var value = header["Bearer ".Length..].Trim();
        var holder = state.Installations.Values.FirstOrDefault(
            installation => installation.Tokens.Exists(token => token.Value == value));
        if (holder is null)
        {
            return Refused(StatusCodes.Status401Unauthorized, "unauthorized", "The bearer token is not valid.");
        }

        var token = holder.Tokens.Find(candidate => candidate.Value == value)!;
        if (token.RevokedAt is not null)
        {
            return Refused(StatusCodes.Status401Unauthorized, "unauthorized", "The bearer token was revoked.");
        }

        var asked = (string?)request.RouteValues["installationId"];
        if (asked is null || !state.Installations.ContainsKey(asked))
        {
            return Refused(StatusCodes.Status404NotFound, "not_found", "There is no such installation.");
        }

        if (holder.Id != asked)
        {
            return Refused(StatusCodes.Status403Forbidden, "forbidden", "The bearer token belongs to another installation.");
        }

        return holder.Stage == InstallationStage.Finalized
            ? Refused(StatusCodes.Status410Gone, "gone", "The installation is finalized, and its token with it.")
            : (holder, token, null);
    }

    private static (Installation?, AccessToken?, ApiAnswer?) Refused(int status, string code, string message) =>
        (null, null, ApiAnswer.Refusal(status, code, message));
}
