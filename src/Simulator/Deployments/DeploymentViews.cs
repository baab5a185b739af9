using System.Text.Json.Nodes;
using Marketplace.Simulator.Dashboard;
using Marketplace.Simulator.State;

namespace Marketplace.Simulator.Deployments;

/// <summary>Deployments and projects as Vercel's API shows them. Source: contract D.13, the reads that help.</summary>
internal static class DeploymentViews
{
    /// <summary>A preview has none.</summary>
    public static string? Target(Deployment deployment) => deployment.Environment == "preview" ? null : deployment.Environment;

    public static JsonObject Of(VercelState state, Deployment deployment, bool withGitRepository)
    {
        var team = state.Teams[deployment.AccountId];
        var project = team.Projects[deployment.ProjectId];
        var json = new JsonObject
        {
            ["id"] = deployment.Id,
            ["name"] = project.Name,
            ["url"] = deployment.Url,
            ["projectId"] = project.Id,
            ["project"] = new JsonObject { ["id"] = project.Id, ["name"] = project.Name, ["framework"] = null },
            ["ownerId"] = Team.PublicId(team.AccountId),
            ["team"] = new JsonObject { ["id"] = Team.PublicId(team.AccountId), ["name"] = team.Name, ["slug"] = team.Slug },
            ["target"] = Target(deployment),
            ["readyState"] = ReadyState(deployment),
            ["status"] = ReadyState(deployment),
            ["createdAt"] = deployment.CreatedAt.ToUnixTimeMilliseconds(),
            ["meta"] = new JsonObject { ["githubCommitRef"] = deployment.Branch, ["githubCommitSha"] = deployment.CommitSha },
            ["gitSource"] = new JsonObject { ["type"] = "github", ["ref"] = deployment.Branch, ["sha"] = deployment.CommitSha },
        };
        if (withGitRepository)
        {
            json["gitRepo"] = new JsonObject
            {
                ["type"] = "github", ["namespace"] = team.Slug, ["name"] = project.Name, ["path"] = $"{team.Slug}/{project.Name}",
                ["defaultBranch"] = "main", ["url"] = $"https://github.com/{team.Slug}/{project.Name}", ["private"] = true,
            };
        }

        return json;
    }

    public static JsonObject Of(VercelState state, Team team, Project project) => new()
    {
        ["id"] = project.Id,
        ["name"] = project.Name,
        ["accountId"] = Team.PublicId(team.AccountId),
        ["framework"] = null,
        ["latestDeployments"] = new JsonArray(
        [
            .. state.Deployments.Values
                .Where(deployment => deployment.ProjectId == project.Id && deployment.DeletedAt is null)
                .OrderByDescending(deployment => deployment.CreatedAt)
                .Take(10)
                .Select(deployment => new JsonObject
                {
                    ["id"] = deployment.Id, ["url"] = deployment.Url, ["target"] = Target(deployment), ["readyState"] = ReadyState(deployment),
                }),
        ]),
    };

    private static string ReadyState(Deployment deployment) => deployment.Stage switch
    {
        DeploymentStage.Provisioning => "QUEUED",
        DeploymentStage.Building => "BUILDING",
        DeploymentStage.Checking or DeploymentStage.Ready => "READY",
        DeploymentStage.Failed => "ERROR",
        _ => "CANCELED",
    };
}
