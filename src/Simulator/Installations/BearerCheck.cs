using Marketplace.Simulator.Api;
using Marketplace.Simulator.State;

namespace Marketplace.Simulator.Installations;

/// <summary>The installation that a call is made for, and the token that proves it.</summary>
internal sealed record Bearer(Installation Installation, AccessToken Token);

/// <summary>Whether a bearer token may do what is asked. Source: contract A.2 and E.5.</summary>
internal static class BearerCheck
{
    public static (Bearer? Bearer, ApiAnswer? Refusal) Check(VercelState state, HttpRequest request, Access access)
    {
        if (access == Access.ClientSecret)
        {
            return (null, null);
        }

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

        if (access == Access.OwnInstallation && (string?)request.RouteValues["installationId"] is var asked && holder.Id != asked)
        {
            return asked is null || !state.Installations.ContainsKey(asked)
                ? Refused(StatusCodes.Status404NotFound, "not_found", "There is no such installation.")
                : Refused(StatusCodes.Status403Forbidden, "forbidden", "The bearer token belongs to another installation.");
        }

        if (access == Access.OwnInstallation && holder.Kind == InstallationKind.Connectable)
        {
            return Refused(StatusCodes.Status403Forbidden, "forbidden", "The installation is no Marketplace installation.");
        }

        if (access == Access.AnyInstallation && holder.Stage == InstallationStage.Finalized)
        {
            return Refused(StatusCodes.Status403Forbidden, "forbidden", "The installation is finalized, and its token with it.");
        }

        return holder.Stage == InstallationStage.Finalized
            ? Refused(StatusCodes.Status410Gone, "gone", "The installation is finalized, and its token with it.")
            : (new Bearer(holder, token), null);
    }

    private static (Bearer?, ApiAnswer?) Refused(int status, string code, string message) =>
        (null, ApiAnswer.Refusal(status, code, message));
}
