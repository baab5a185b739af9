using System.Text.Json.Nodes;
using Marketplace.Simulator.Api;
using Marketplace.Simulator.Dashboard;
using Marketplace.Simulator.Tokens;

namespace Marketplace.Simulator.Installations;

/// <summary>Contract D.1 and D.2.</summary>
internal static class InstallationOperations
{
    public static VercelDecision Update(VercelRequest request)
    {
        var body = request.Body;
        var installation = request.Installation with
        {
            Status = body.OptionalText("status") ?? request.Installation.Status,
            ExternalId = body.OptionalText("externalId") ?? request.Installation.ExternalId,
            Notification = body.TryGetProperty("notification", out _)
                ? body.Optional("notification")
                : request.Installation.Notification,
        };
        return request.Keep(
            body.Optional("billingPlan") is { } plan ? ProviderAnswers.On(installation, plan, request.Now) : installation,
            ApiAnswer.NoContent);
    }

    /// <summary>The contact is always said, and null where the team has none.</summary>
    public static VercelDecision ReadAccount(VercelRequest request)
    {
        var team = request.State.Teams[request.Installation.AccountId];
        return request.Answer(ApiAnswer.Ok(new JsonObject
        {
            ["name"] = team.Name,
            ["url"] = team.Url,
            ["contact"] = team.Contact?.ToJson(),
        }));
    }

    /// <summary>The member id is the <c>user_id</c> of a token, which is not the person's global id.</summary>
    public static VercelDecision ReadMember(VercelRequest request)
    {
        var id = request.RouteText("memberId");
        if (request.State.Teams[request.Installation.AccountId].Member(id) is not { } person)
        {
            return request.Answer(ApiAnswer.NotFound($"The team has no member {id}."));
        }

        var member = new JsonObject
        {
            ["id"] = person.UserId,
            ["role"] = person.RoleText,
            ["globalUserId"] = person.GlobalUserId,
        };
        if (person.Email is not null)
        {
            member["userEmail"] = person.Email;
        }

        return request.Answer(ApiAnswer.Ok(member));
    }
}
