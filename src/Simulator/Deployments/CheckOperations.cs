using System.Text.Json.Nodes;
using Marketplace.Simulator.Api;
using Marketplace.Simulator.State;
using Marketplace.Simulator.Webhooks;

namespace Marketplace.Simulator.Deployments;

/// <summary>Contract D.13, checks v1: what an integration adds to one deployment.</summary>
internal static class CheckOperations
{
    private const int OutputLengthMax = 64 * 1024;

    public static VercelDecision List(VercelRequest request) =>
        DeploymentOperations.Find(request, out var deployment) is { } unknown
            ? request.Answer(unknown)
            : request.Answer(ApiAnswer.Ok(new JsonObject
            {
                ["checks"] = new JsonArray([.. deployment.Checks.Select(check => View(request, check))]),
            }));

    public static VercelDecision Create(VercelRequest request)
    {
        if (DeploymentOperations.Find(request, out var deployment) is { } unknown)
        {
            return request.Answer(unknown);
        }

        if (deployment.IsOver)
        {
            return request.Answer(ApiAnswer.BadRequest("The deployment is over; nothing waits for a check."));
        }

        var body = request.Body;
        (request, var identity) = request.Identify("check", deployment.Id, request.Installation.Id, body.GetProperty("name").GetString()!);
        var check = new DeploymentCheck
        {
            Id = identity.Id,
            InstallationId = request.Installation.Id,
            Name = body.GetProperty("name").GetString()!,
            IsBlocking = body.GetProperty("blocking").GetBoolean(),
            Path = body.OptionalText("path"),
            IsRerequestable = body.OptionalFlag("rerequestable") ?? false,
            DetailsUrl = body.OptionalText("detailsUrl"),
            ExternalId = body.OptionalText("externalId"),
            CreatedAt = request.Now,
            UpdatedAt = request.Now,
        };
        var changed = deployment with { Checks = deployment.Checks.Add(check) };
        return new(request.State.With(changed), ApiAnswer.Ok(View(request, changed, check)));
    }

    public static VercelDecision Read(VercelRequest request) =>
        Find(request, out var deployment, out var check) is { } unknown
            ? request.Answer(unknown)
            : request.Answer(ApiAnswer.Ok(View(request, deployment, check)));

    public static VercelDecision Update(VercelRequest request)
    {
        if (Find(request, out var deployment, out var check) is { } unknown)
        {
            return request.Answer(unknown);
        }

        var body = request.Body;
        if (body.Optional("output") is { } output && output.GetRawText().Length > OutputLengthMax)
        {
            return request.Answer(ApiAnswer.Refusal(StatusCodes.Status413PayloadTooLarge, "too_large", $"output: must have at most {OutputLengthMax} characters"));
        }

        var (status, conclusion) = (body.OptionalText("status") ?? check.Status, body.OptionalText("conclusion"));
        if (Refusal(check, status, conclusion) is { } refusal)
        {
            return request.Answer(ApiAnswer.BadRequest(refusal));
        }

        var updated = check with
        {
            Name = body.OptionalText("name") ?? check.Name,
            Path = body.OptionalText("path") ?? check.Path,
            Status = status,
            Conclusion = conclusion ?? check.Conclusion,
            DetailsUrl = body.OptionalText("detailsUrl") ?? check.DetailsUrl,
            ExternalId = body.OptionalText("externalId") ?? check.ExternalId,
            Output = body.Optional("output") ?? check.Output,
            UpdatedAt = request.Now,
            StartedAt = status == "registered" ? null : check.StartedAt ?? request.Now,
            CompletedAt = status == "completed" ? check.CompletedAt ?? request.Now : null,
        };
        return new(
            DeploymentProgress.Move(request.State.With(deployment.With(check, updated)), deployment.Id, request.Now),
            ApiAnswer.Ok(View(request, deployment, updated)));
    }

    public static VercelDecision Rerequest(VercelRequest request)
    {
        if (Find(request, out var deployment, out var check) is { } unknown)
        {
            return request.Answer(unknown);
        }

        return check.IsRerequestable
            ? new(Rerequested(request.State, deployment, check, request.Now), ApiAnswer.Ok(new JsonObject()))
            : request.Answer(ApiAnswer.BadRequest("The check cannot be requested again."));
    }

    /// <summary>The check begins anew, and the integration hears of it.</summary>
    public static VercelState Rerequested(VercelState state, Deployment deployment, DeploymentCheck check, DateTimeOffset now)
    {
        var anew = check with { Status = "registered", Conclusion = null, StartedAt = null, CompletedAt = null, UpdatedAt = now };
        return state.With(deployment.With(check, anew)).Send(DeploymentPayloads.CheckRerequested(state, deployment, anew, now));
    }

    private static ApiAnswer? Find(VercelRequest request, out Deployment deployment, out DeploymentCheck check)
    {
        check = null!;
        if (DeploymentOperations.Find(request, out deployment) is { } unknown)
        {
            return unknown;
        }

        check = deployment.Checks.Find(check =>
            check.Id == request.RouteText("checkId") && check.InstallationId == request.Installation.Id)!;
        return check is null ? ApiAnswer.NotFound("The deployment has no such check.") : null;
    }

    private static string? Refusal(DeploymentCheck check, string status, string? conclusion) => (check.IsOpen, status, conclusion) switch
    {
        (false, not "completed", _) => "status: the check is completed",
        (false, _, { } other) when other != check.Conclusion => "conclusion: the check is completed",
        (true, "completed", null) => "conclusion: is missing, and required with the status completed",
        (true, not "completed", not null) => "conclusion: comes with the status completed",
        _ => null,
    };

    /// <summary>A check by itself says whose it is; one in a list does not.</summary>
    private static JsonObject View(VercelRequest request, Deployment deployment, DeploymentCheck check)
    {
        var json = View(request, check);
        json["deploymentId"] = deployment.Id;
        if (check.ExternalId is { } externalId)
        {
            json["externalId"] = externalId;
        }

        return json;
    }

    private static JsonObject View(VercelRequest request, DeploymentCheck check)
    {
        var json = new JsonObject
        {
            ["id"] = check.Id,
            ["name"] = check.Name,
            ["status"] = check.Status,
            ["blocking"] = check.IsBlocking,
            ["rerequestable"] = check.IsRerequestable,
            ["integrationId"] = request.Options.IntegrationId,
            ["createdAt"] = check.CreatedAt.ToUnixTimeMilliseconds(),
            ["updatedAt"] = check.UpdatedAt.ToUnixTimeMilliseconds(),
        };
        Add("path", check.Path);
        Add("conclusion", check.Conclusion);
        Add("detailsUrl", check.DetailsUrl);
        Add("startedAt", check.StartedAt?.ToUnixTimeMilliseconds());
        Add("completedAt", check.CompletedAt?.ToUnixTimeMilliseconds());
        Add("output", check.Output is { } output ? JsonNode.Parse(output.GetRawText()) : null);
        return json;

        void Add(string name, JsonNode? value)
        {
            if (value is not null)
            {
                json[name] = value;
            }
        }
    }
}
