using System.Collections.Immutable;
using System.Text.Json;
using Marketplace.Simulator.Api;
using Marketplace.Simulator.Dashboard;
using Marketplace.Simulator.Secrets;

namespace Marketplace.Simulator.Deployments;

/// <summary>Contract D.12, and the reads of D.13. A token reaches what its installation's team has, and of that the projects it may see.</summary>
internal static class DeploymentOperations
{
    public static VercelDecision Read(VercelRequest request) =>
        Find(request, out var deployment) is { } refusal
            ? request.Answer(refusal)
            : request.Answer(ApiAnswer.Ok(
                DeploymentViews.Of(request.State, deployment, withGitRepository: request.Http.Query["withGitRepoInfo"] == "true")));

    public static VercelDecision ReadProject(VercelRequest request) =>
        FindProject(request, out var team, out var project) is { } refusal
            ? request.Answer(refusal)
            : request.Answer(ApiAnswer.Ok(DeploymentViews.Of(request.State, team, project)));

    /// <summary>
    /// The same status once more changes nothing. One that is over stays as it is: a success cannot fail any more, and nothing comes
    /// after a cancellation.
    /// </summary>
    public static VercelDecision UpdateAction(VercelRequest request)
    {
        if (request.Installation.Id != request.RouteText("installationId") || Find(request, out var deployment) is not null)
        {
            return request.Answer(ApiAnswer.Forbidden("The installation has no such deployment."));
        }

        var action = deployment.Actions.Find(action =>
            action.InstallationId == request.Installation.Id && action.ResourceId == request.RouteText("resourceId")
            && action.Slug == request.RouteText("action"));
        if (action is null)
        {
            return request.Answer(ApiAnswer.Forbidden("The deployment waits for no such action of this resource."));
        }

        if (request.Body.Optional("outcomes") is { } outcomes && UnknownOutcome(outcomes) is { } unknown)
        {
            return request.Answer(unknown);
        }

        var status = Status(request.Body) ?? action.Status;
        if (action.IsOver && status != action.Status)
        {
            return request.Answer(ApiAnswer.BadRequest($"status: the action is over, it is {action.Status.ToString().ToLowerInvariant()}"));
        }

        var updated = deployment.With(action, action.IsOver ? action : Updated(action, request.Body, status));
        return new(DeploymentProgress.Move(request.State.With(updated), deployment.Id, request.Now), new ApiAnswer(StatusCodes.Status202Accepted));
    }

    /// <summary>Nobody learns whether somebody else has something of that name.</summary>
    public static ApiAnswer? Find(VercelRequest request, out Deployment deployment)
    {
        deployment = request.State.Deployments.GetValueOrDefault(request.RouteText("deploymentId"))!;
        return deployment is null || deployment.DeletedAt is not null || !MayReach(request, deployment.AccountId, deployment.ProjectId)
            ? ApiAnswer.NotFound("There is no such deployment.")
            : WrongTeam(request);
    }

    public static ApiAnswer? FindProject(VercelRequest request, out Team team, out Project project)
    {
        var asked = request.RouteText("projectIdOrName");
        team = request.State.Teams[request.Installation.AccountId];
        project = team.Projects.Values.FirstOrDefault(project => project.Id == asked || project.Name == asked)!;
        return project is null || !MayReach(request, team.AccountId, project.Id)
            ? ApiAnswer.NotFound("There is no such project.")
            : WrongTeam(request);
    }

    private static bool MayReach(VercelRequest request, string accountId, string projectId) =>
        accountId == request.Installation.AccountId
        && request.Installation.SelectedProjects?.Contains(projectId, StringComparer.Ordinal) != false;

    private static ApiAnswer? WrongTeam(VercelRequest request) =>
        request.Http.Query.TryGetValue("teamId", out var asked) && asked != Team.PublicId(request.Installation.AccountId)
            ? ApiAnswer.Forbidden("teamId: is not the team of the installation")
            : null;

    private static ApiAnswer? UnknownOutcome(JsonElement outcomes) =>
        outcomes.EnumerateArray().Select(outcome => outcome.GetProperty("kind").GetString()).ToList().FindIndex(kind => kind != "resource-secrets") is >= 0 and var index
            ? ApiAnswer.BadRequest($"outcomes[{index}].kind: must be resource-secrets")
            : null;

    private static ActionStatus? Status(JsonElement body) => body.OptionalText("status") switch
    {
        "running" => ActionStatus.Running,
        "succeeded" => ActionStatus.Succeeded,
        "failed" => ActionStatus.Failed,
        _ => null,
    };

    private static DeploymentAction Updated(DeploymentAction action, JsonElement body, ActionStatus status) => action with
    {
        Status = status,
        StatusText = body.OptionalText("statusText") ?? action.StatusText,
        StatusUrl = body.OptionalText("statusUrl") ?? action.StatusUrl,
        Secrets = body.Optional("outcomes") is { } outcomes
            ? outcomes.EnumerateArray().Aggregate(
                action.Secrets,
                (secrets, outcome) => secrets.Update(Wire.Read<ImmutableList<Secret>>(outcome.GetProperty("secrets")), partial: true))
            : action.Secrets,
    };
}
