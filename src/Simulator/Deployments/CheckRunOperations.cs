using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Marketplace.Simulator.Api;

namespace Marketplace.Simulator.Deployments;

/// <summary>Contract D.13, checks v2: a project's checks, and the runs that each of its deployments begins.</summary>
internal static class CheckRunOperations
{
    /// <summary>Larger results belong behind a link.</summary>
    private const int OutputLengthMax = 64 * 1024;

    public static VercelDecision Create(VercelRequest request)
    {
        if (DeploymentOperations.FindProject(request, out _, out var project) is { } unknown)
        {
            return request.Answer(unknown);
        }

        var body = request.Body;
        var resourceId = body.Optional("source")?.OptionalText("externalResourceId");
        if (resourceId is not null && request.Installation.Find(resourceId) is null)
        {
            return request.Answer(ApiAnswer.NotFound($"The installation has no resource {resourceId}."));
        }

        (request, var identity) = request.Identify("chk", project.Id, request.Installation.Id, body.GetProperty("name").GetString()!);
        var check = new ProjectCheck(
            identity.Id, request.Installation.Id, project.Id, body.GetProperty("name").GetString()!,
            body.OptionalFlag("isRerequestable") ?? false, body.OptionalText("requires") ?? "deployment-url", body.OptionalText("blocks") ?? "none",
            body.Optional("targets") is { } targets ? Wire.Read<ImmutableList<string>>(targets) : [], body.Optional("timeout")?.GetDecimal(),
            resourceId, request.Now);
        return new(request.State with { ProjectChecks = request.State.ProjectChecks.Add(check) }, ApiAnswer.Ok(View(check)));
    }

    public static VercelDecision Update(VercelRequest request)
    {
        if (DeploymentOperations.Find(request, out var deployment) is { } unknown)
        {
            return request.Answer(unknown);
        }

        var run = deployment.CheckRuns.Find(run =>
            run.Id == request.RouteText("checkRunId") && run.Check.InstallationId == request.Installation.Id);
        if (run is null)
        {
            return request.Answer(ApiAnswer.NotFound("The deployment has no such check run."));
        }

        var body = request.Body;
        if (body.Optional("output") is { } output && output.GetRawText().Length > OutputLengthMax)
        {
            return request.Answer(ApiAnswer.Refusal(StatusCodes.Status413PayloadTooLarge, "too_large", $"output: must have at most {OutputLengthMax} characters"));
        }

        var (status, conclusion) = (body.OptionalText("status") ?? run.Status, body.OptionalText("conclusion"));
        if (Refusal(run, status, conclusion) is { } refusal)
        {
            return request.Answer(ApiAnswer.BadRequest(refusal));
        }

        var updated = run with
        {
            Status = status,
            Conclusion = conclusion ?? run.Conclusion,
            ConclusionText = body.OptionalText("conclusionText") ?? run.ConclusionText,
            ExternalId = body.OptionalText("externalId") ?? run.ExternalId,
            ExternalUrl = body.OptionalText("externalUrl") ?? run.ExternalUrl,
            Output = body.Optional("output") ?? run.Output,
            CompletedAt = status == "completed" ? run.CompletedAt ?? request.Now : null,
        };
        return new(
            DeploymentProgress.Move(request.State.With(deployment.With(run, updated)), deployment.Id, request.Now),
            ApiAnswer.Ok(View(deployment, updated)));
    }

    public static JsonObject View(Deployment deployment, CheckRun run)
    {
        var json = new JsonObject
        {
            ["id"] = run.Id, ["checkId"] = run.Check.Id, ["deploymentId"] = deployment.Id, ["name"] = run.Check.Name, ["status"] = run.Status,
        };
        foreach (var (name, value) in (IEnumerable<(string, string?)>)
            [("conclusion", run.Conclusion), ("conclusionText", run.ConclusionText), ("externalId", run.ExternalId), ("externalUrl", run.ExternalUrl)])
        {
            if (value is not null)
            {
                json[name] = value;
            }
        }

        if (run.CompletedAt is { } completedAt)
        {
            json["completedAt"] = completedAt.ToUnixTimeMilliseconds();
        }

        return json;
    }

    private static string? Refusal(CheckRun run, string status, string? conclusion)
    {
        if (!run.IsOpen)
        {
            return status != run.Status || (conclusion ?? run.Conclusion) != run.Conclusion ? "status: the run is completed" : null;
        }

        return (status, conclusion) switch
        {
            ("completed", null) => "conclusion: is missing, and required with the status completed",
            (not "completed", not null) => "conclusion: comes with the status completed",
            ("queued", _) when run.Status == "running" => "status: the run is running already",
            _ => null,
        };
    }

    private static JsonObject View(ProjectCheck check) => new()
    {
        ["id"] = check.Id,
        ["name"] = check.Name,
        ["projectId"] = check.ProjectId,
        ["isRerequestable"] = check.IsRerequestable,
        ["requires"] = check.Requires,
        ["blocks"] = check.Blocks,
        ["targets"] = Wire.Write(check.Targets),
        ["timeout"] = (decimal)check.RunsAtMost.TotalMilliseconds,
        ["source"] = new JsonObject
        {
            ["kind"] = "integration", ["integrationConfigurationId"] = check.InstallationId, ["externalResourceId"] = check.ExternalResourceId,
        },
        ["createdAt"] = check.CreatedAt.ToUnixTimeMilliseconds(),
    };
}
