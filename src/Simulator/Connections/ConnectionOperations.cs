using System.Text.Json.Nodes;
using Marketplace.Simulator.Api;
using Marketplace.Simulator.Dashboard;
using Marketplace.Simulator.Installations;
using Marketplace.Simulator.State;

namespace Marketplace.Simulator.Connections;

/// <summary>
/// Contract D.13, the exchange of OAuth. It makes an installation of the second kind: one for an account, beside a native one and
/// independent of it. Once more for the same account is the same installation, with another token.
/// </summary>
internal static class ConnectionOperations
{
    public static VercelDecision Exchange(VercelRequest request)
    {
        if (!request.Http.HasFormContentType)
        {
            return request.Answer(ApiAnswer.BadRequest("the body: must be sent as application/x-www-form-urlencoded"));
        }

        if (ClientCheck.Refusal(request) is { } stranger)
        {
            return request.Answer(stranger);
        }

        var (state, value) = (request.State, request.Body.GetProperty("code").GetString());
        var code = state.ConnectionCodes.Find(code => code.Value == value);
        if (code is null || code.UsedAt is not null || code.IsExpiredAt(request.Now))
        {
            return Invalid(request, code switch
            {
                null => "The code is not known.",
                { UsedAt: not null } => "The code was used already.",
                _ => "The code has expired.",
            });
        }

        if (request.Body.GetProperty("redirect_uri").GetString() != code.RedirectUri)
        {
            return Invalid(request, "redirect_uri: is not where the code was sent");
        }

        (state, var identity) = state.Identify("vct", code.AccountId, "connected");
        var token = new AccessToken(identity.Token, request.Now, RevokedAt: null);
        (state, var connected) = Connected(state, code.AccountId, token, request.Now);
        var next = state with { ConnectionCodes = state.ConnectionCodes.Replace(code, code with { UsedAt = request.Now }) };
        return new(next.With(connected), ApiAnswer.Ok(new JsonObject
        {
            ["token_type"] = "Bearer",
            ["access_token"] = token.Value,
            ["installation_id"] = connected.Id,
            ["user_id"] = code.UserId,
            ["team_id"] = state.Teams[code.AccountId].IsPersonal ? null : Team.PublicId(code.AccountId),
        }));
    }

    private static (VercelState Next, Installation Installation) Connected(
        VercelState state, string accountId, AccessToken token, DateTimeOffset now)
    {
        if (state.ActiveOf(accountId, InstallationKind.Connectable) is { } same)
        {
            return (state, same with { Tokens = [.. same.Tokens.Select(old => old with { RevokedAt = old.RevokedAt ?? now }), token] });
        }

        var (next, identity) = state.Identify("icfg", accountId, "connected");
        return (next, new Installation
        {
            Id = identity.Id,
            Kind = InstallationKind.Connectable,
            AccountId = accountId,
            Stage = InstallationStage.Installed,
            InstalledAt = now,
            Scopes = ["read:project", "read:deployment", "read-write:deployment-check"],
            Tokens = [token],
        });
    }

    private static VercelDecision Invalid(VercelRequest request, string message) =>
        request.Answer(ApiAnswer.Refusal(StatusCodes.Status400BadRequest, "invalid_grant", message));
}
