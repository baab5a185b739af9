using System.Text.Json.Nodes;
using Marketplace.Simulator.Dashboard;
using Marketplace.Simulator.Deployments;
using Marketplace.Simulator.Installations;
using Marketplace.Simulator.State;

namespace Marketplace.Simulator.Webhooks;

/// <summary>What webhooks say of deployments. Source: the table of contract §F.</summary>
internal static class DeploymentPayloads
{
    /// <summary>One for the integration, however many installations the team has; none when it has none.</summary>
    public static IEnumerable<Announcement> Changed(VercelState state, Deployment deployment, string what, DateTimeOffset now)
    {
        var installations = state.Installations.Values
            .Where(installation => installation.AccountId == deployment.AccountId && installation.Stage != InstallationStage.Finalized)
            .Select(installation => installation.Id)
            .ToList();
        return installations.Count == 0
            ? []
            : [new($"deployment.{what}", [deployment.Id], About(state, deployment, installations), now)];
    }

    public static Announcement OfAction(VercelState state, Deployment deployment, DeploymentAction action, string what, DateTimeOffset now)
    {
        var payload = About(state, deployment, [action.InstallationId]);
        payload["configuration"] = new JsonObject { ["id"] = action.InstallationId };
        payload["installationId"] = action.InstallationId;
        payload["resourceId"] = action.ResourceId;
        payload["action"] = action.Slug;
        return new($"deployment.integration.action.{what}", [deployment.Id, action.InstallationId, action.Slug], payload, now);
    }

    public static Announcement OfRun(VercelState state, Deployment deployment, CheckRun run, string what, DateTimeOffset now)
    {
        var source = new JsonObject { ["kind"] = "integration", ["integrationConfigurationId"] = run.Check.InstallationId };
        if (run.Check.ExternalResourceId is { } resourceId)
        {
            source["externalResourceId"] = resourceId;
        }

        var payload = About(state, deployment, [run.Check.InstallationId]);
        payload["checkRun"] = new JsonObject
        {
            ["id"] = run.Id,
            ["checkId"] = run.Check.Id,
            ["deploymentId"] = deployment.Id,
            ["source"] = source,
        };
        if (run.Check.Timeout is { } timeout)
        {
            payload["checkRun"]!["timeout"] = timeout;
        }

        return new($"deployment.checkrun.{what}", [run.Id], payload, now);
    }

    public static Announcement CheckRerequested(VercelState state, Deployment deployment, DeploymentCheck check, DateTimeOffset now)
    {
        var payload = About(state, deployment, [check.InstallationId]);
        payload["check"] = new JsonObject { ["id"] = check.Id };
        return new("deployment.check-rerequested", [check.Id], payload, now);
    }

    private static JsonObject About(VercelState state, Deployment deployment, IEnumerable<string> installationIds)
    {
        var project = state.Teams[deployment.AccountId].Projects[deployment.ProjectId];
        return new()
        {
            ["team"] = new JsonObject { ["id"] = Team.PublicId(deployment.AccountId) },
            ["installationIds"] = Wire.Write(installationIds),
            ["deployment"] = new JsonObject
            {
                ["id"] = deployment.Id,
                ["name"] = project.Name,
                ["url"] = deployment.Url,
                ["meta"] = new JsonObject { ["githubCommitRef"] = deployment.Branch, ["githubCommitSha"] = deployment.CommitSha },
            },
            ["project"] = new JsonObject { ["id"] = project.Id },
            ["target"] = DeploymentViews.Target(deployment),
        };
    }
}
