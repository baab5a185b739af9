using System.Text.Json.Nodes;
using Marketplace.Simulator.Api;
using Marketplace.Simulator.Installations;
using Marketplace.Simulator.State;
using Marketplace.Simulator.Tokens;

namespace Marketplace.Simulator.SignOn;

/// <summary>Contract D.10: a code becomes the person who carried it, and later the person as he is by then.</summary>
internal static class SignOnOperations
{
    public const string ExchangePath = "/v1/integrations/sso/token";

    public static VercelDecision Exchange(VercelRequest request)
    {
        if (ClientCheck.Refusal(request) is { } stranger)
        {
            return request.Answer(stranger);
        }

        return request.Body.GetProperty("grant_type").GetString() == "refresh_token"
            ? Refresh(request, request.Body.GetProperty("refresh_token").GetString()!)
            : ExchangeCode(request, request.Body.GetProperty("code").GetString()!);
    }

    private static VercelDecision ExchangeCode(VercelRequest request, string value)
    {
        var state = request.State;
        if (state.SignOnCodes.Find(code => code.Value == value) is not { } code)
        {
            return Invalid(request, "The code is not known.");
        }

        if (code.UsedAt is not null)
        {
            return Invalid(request, "The code was used already.");
        }

        if (code.IsExpiredAt(request.Now))
        {
            return Invalid(request, "The code has expired.");
        }

        if (request.Body.OptionalText("state") is { } given && given != code.State)
        {
            return Invalid(request, "state: is not the one that came with the code");
        }

        if (request.Body.OptionalText("redirect_uri") is { } address && address != code.RedirectUri)
        {
            return Invalid(request, "redirect_uri: is not where the code was sent");
        }

        if (Admitted(state, code.InstallationId, code.UserId) is not { } person)
        {
            return request.Answer(ApiAnswer.Forbidden("The person has no access to the installation any more."));
        }

        (state, var identity) = state.Identify("ssor", code.Value);
        var refresh = new SignOnRefresh(identity.Id, code.InstallationId, person.UserId, request.Now);
        var used = state with { SignOnCodes = state.SignOnCodes.Replace(code, code with { UsedAt = request.Now }) };
        return Tokens(request with { State = used.Issue(refresh) }, person, refresh);
    }

    /// <summary>The same refresh token goes on: a lost answer must not end a session.</summary>
    private static VercelDecision Refresh(VercelRequest request, string value)
    {
        if (request.State.SignOnRefreshes.Find(refresh => refresh.Value == value) is not { } refresh)
        {
            return Invalid(request, "The refresh token is not known.");
        }

        if (refresh.IsExpiredAt(request.Now))
        {
            return Invalid(request, "The refresh token has expired.");
        }

        return Admitted(request.State, refresh.InstallationId, refresh.UserId) is { } person
            ? Tokens(request, person, refresh)
            : request.Answer(ApiAnswer.Forbidden("The person has no access to the installation any more."));
    }

    private static Person? Admitted(VercelState state, string installationId, string userId)
    {
        var installation = state.Installations[installationId];
        return installation.Stage == InstallationStage.Finalized ? null : state.Teams[installation.AccountId].Member(userId);
    }

    private static VercelDecision Tokens(VercelRequest request, Person person, SignOnRefresh refresh)
    {
        (request, var signedOn) = request.Identify("jti", refresh.Value);
        (request, var access) = request.Identify("jti", refresh.Value);
        return request.Answer(ApiAnswer.Ok(new JsonObject
        {
            ["id_token"] = request.Issuer.Sign(
                Bent(request.Issuer.ForSignOn(person, refresh.InstallationId, signedOn.Hexadecimal(32)), request.Disturbance?.IdToken)),
            ["access_token"] = request.Issuer.Sign(request.Issuer.ForUser(person, refresh.InstallationId, access.Hexadecimal(32))),
            ["token_type"] = "Bearer",
            ["expires_in"] = (int)TokenIssuer.Lifetime.TotalSeconds,
            ["refresh_token"] = refresh.Value,
        }));
    }

    private static TokenDraft Bent(TokenDraft token, Func<TokenDraft, TokenDraft>? bend) => bend is null ? token : bend(token);

    private static VercelDecision Invalid(VercelRequest request, string message) =>
        request.Answer(ApiAnswer.Refusal(StatusCodes.Status400BadRequest, "invalid_grant", message));
}
