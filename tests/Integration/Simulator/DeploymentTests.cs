using System.Text.Json.Nodes;
using Marketplace.Simulator;
using Marketplace.Simulator.Deployments;

namespace Marketplace.Integration.Simulator;

/// <summary>Deployments that wait for actions and checks. Source: contract D.12, D.13, §E.15.</summary>
public sealed class DeploymentTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_deployment_waits_in_provisioning_until_every_action_is_done()
    {
        await using var scene = await Scene.Set();
        var deployment = Deploy(scene, "branch", "seed");

        Assert.Equal(202, (await Act(scene, deployment, "branch", """{"status": "running", "statusText": "Branching"}""")).Status);
        Assert.Equal(202, (await Act(scene, deployment, "branch", """{"status": "succeeded"}""")).Status);
        await scene.Vercel.Advance(TimeSpan.FromHours(1), Cancel);
        Assert.Equal(DeploymentStage.Provisioning, Now(scene, deployment).Stage);

        Assert.Equal(202, (await Act(scene, deployment, "seed", """{"status": "succeeded"}""")).Status);
        Assert.Equal(DeploymentStage.Building, Now(scene, deployment).Stage);
        await scene.Vercel.Advance(DeploymentProgress.BuildTime, Cancel);

        Assert.Equal(DeploymentStage.Ready, Now(scene, deployment).Stage);
        Assert.Equal(
            ["deployment.created", "deployment.integration.action.start", "deployment.integration.action.start", "deployment.ready", "deployment.succeeded"],
            await Types(scene));
    }

    [Fact]
    public async Task The_start_of_an_action_names_installation_resource_action_and_deployment()
    {
        await using var scene = await Scene.Set();
        var deployment = Deploy(scene, "branch");

        var payload = Assert.Single(await Told(scene, "deployment.integration.action.start"));

        Assert.Equal(
            (scene.InstallationId, scene.InstallationId, scene.ResourceId, "branch", deployment.Id),
            ((string?)payload["configuration"]!["id"], (string?)payload["installationId"], (string?)payload["resourceId"], (string?)payload["action"],
                (string?)payload["deployment"]!["id"]));
    }

    [Fact]
    public async Task Secrets_of_an_outcome_land_in_that_deployment_alone()
    {
        await using var scene = await Scene.Set();
        var deployment = Deploy(scene, "branch", "label");

        await Act(scene, deployment, "branch", """
            {"status": "succeeded", "outcomes": [{"kind": "resource-secrets", "secrets": [{"name": "DATABASE_URL", "value": "postgresql://branch"}]}]}
            """);
        await Act(scene, deployment, "label", """
            {"status": "succeeded", "outcomes": [{"kind": "resource-secrets", "secrets": [{"name": "BRANCH", "value": "b1"}]}]}
            """);

        Assert.Equal(
            ["BRANCH=b1", "DATABASE_URL=postgresql://branch"],
            scene.Vercel.Dashboard.DeploymentVariables(deployment.Id).Select(variable => $"{variable.Name}={variable.Value}"));
        Assert.Equal("postgresql://one", Assert.Single(scene.Vercel.Dashboard.Variables(deployment.ProjectId, "preview")).Value);
    }

    [Fact]
    public async Task An_action_that_is_over_stays_as_it_is()
    {
        await using var scene = await Scene.Set();
        var deployment = Deploy(scene, "branch", "seed");
        await Act(scene, deployment, "branch", """{"status": "succeeded"}""");

        Assert.Equal(202, (await Act(scene, deployment, "branch", """{"status": "succeeded"}""")).Status);
        Assert.Equal(400, (await Act(scene, deployment, "branch", """{"status": "failed"}""")).Status);
        Assert.Equal(400, (await Act(scene, deployment, "branch", """{"status": "running"}""")).Status);
    }

    [Fact]
    public async Task An_action_that_fails_ends_the_deployment_and_cancels_the_others()
    {
        await using var scene = await Scene.Set();
        var deployment = Deploy(scene, "branch", "seed");

        await Act(scene, deployment, "branch", """{"status": "failed", "statusUrl": "sso:https://acme.example/logs"}""");

        Assert.Equal(DeploymentStage.Failed, Now(scene, deployment).Stage);
        Assert.Equal("seed", (string?)Assert.Single(await Told(scene, "deployment.integration.action.cancel"))["action"]);
        Assert.Single(await Told(scene, "deployment.error"));
        Assert.Equal(400, (await Act(scene, deployment, "seed", """{"status": "succeeded"}""")).Status);
    }

    [Fact]
    public async Task A_deployment_that_is_cancelled_tells_whoever_still_works_for_it()
    {
        await using var scene = await Scene.Set();
        var deployment = Deploy(scene, "branch");

        scene.Vercel.Dashboard.CancelDeployment(deployment.Id);

        Assert.Single(await Told(scene, "deployment.integration.action.cancel"));
        Assert.Single(await Told(scene, "deployment.canceled"));
    }

    [Fact]
    public async Task What_was_made_for_a_deployment_is_cleaned_up_a_month_after_its_deletion()
    {
        await using var scene = await Scene.Set();
        var deployment = Deploy(scene, "branch");
        scene.Vercel.Dashboard.CancelDeployment(deployment.Id);
        scene.Vercel.Dashboard.DeleteDeployment(deployment.Id);
        await scene.Vercel.Settle(Cancel);
        scene.Vercel.Clock.MoveTo(Scene.Start.AddDays(30).AddSeconds(-1));
        Assert.Empty(await Told(scene, "deployment.integration.action.cleanup"));

        scene.Vercel.Clock.MoveTo(Scene.Start.AddDays(30));

        Assert.Single(await Told(scene, "deployment.integration.action.cleanup"));
        Assert.Single(await Told(scene, "deployment.cleanup"));
    }

    [Theory]
    [InlineData("""{"status": "queued"}""", "status: must be one of running, succeeded, failed")]
    [InlineData("""{"statusUrl": "ftp://x"}""", "statusUrl: must match")]
    [InlineData("""{"note": "x"}""", "note: is not a known field")]
    [InlineData("""{"outcomes": [{"kind": "resource-secrets"}]}""", "outcomes[0].secrets: is missing")]
    [InlineData("""{"outcomes": [{"kind": "log", "secrets": []}]}""", "outcomes[0].kind: must be resource-secrets")]
    [InlineData("""{"outcomes": [{"kind": "resource-secrets", "secrets": [{"name": "A", "value": "1", "prefix": "P"}]}]}""", "outcomes[0].secrets[0].prefix: is not a known field")]
    public async Task A_wrong_update_of_an_action_is_refused_with_its_path(string body, string expected)
    {
        await using var scene = await Scene.Set();

        var (status, answer) = await Act(scene, Deploy(scene, "branch"), "branch", body);

        Assert.Equal(400, status);
        Assert.Contains(expected, (string?)answer!["error"]!["message"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_action_is_updated_by_whoever_it_belongs_to()
    {
        await using var scene = await Scene.Set();
        var deployment = Deploy(scene, "branch");
        var fox = scene.Vercel.Dashboard.CreateTeam("Red Fox");
        var (foreign, _) = await scene.Vercel.Dashboard.Install(fox.AccountId, Cancel);
        var token = scene.Vercel.State.Installations[foreign].Tokens[0].Value;

        Assert.Equal(403, (await Act(scene, deployment, "branch", """{"status": "running"}""", token)).Status);
        Assert.Equal(403, (await Act(scene, deployment, "unheard-of", """{"status": "running"}""")).Status);
        Assert.Equal(401, (await Act(scene, deployment, "branch", """{"status": "running"}""", "guessed")).Status);
        Assert.Equal(404, (await scene.Call(HttpMethod.Get, $"/v13/deployments/{deployment.Id}", token: token)).Status);
        Assert.Equal(404, (await scene.Call(HttpMethod.Get, $"/v9/projects/{deployment.ProjectId}", token: token)).Status);
    }

    [Fact]
    public async Task Projects_and_deployments_can_be_read()
    {
        await using var scene = await Scene.Set();
        var deployment = Deploy(scene, "branch");

        var (_, project) = await scene.Call(HttpMethod.Get, "/v9/projects/shop");
        Assert.Equal((deployment.ProjectId, "shop", $"team_{scene.AccountId}"), ((string?)project!["id"], (string?)project["name"], (string?)project["accountId"]));
        var (_, read) = await scene.Call(HttpMethod.Get, $"/v13/deployments/{deployment.Id}?withGitRepoInfo=true&teamId=team_{scene.AccountId}");
        Assert.Equal((deployment.Id, deployment.ProjectId, "QUEUED"), ((string?)read!["id"], (string?)read["projectId"], (string?)read["readyState"]));
        Assert.Equal("feature", (string?)read["gitSource"]!["ref"]);
        Assert.Equal("shop", (string?)read["gitRepo"]!["name"]);
        Assert.Null((await scene.Call(HttpMethod.Get, $"/v13/deployments/{deployment.Id}")).Body!["gitRepo"]);
        Assert.Equal(403, (await scene.Call(HttpMethod.Get, $"/v13/deployments/{deployment.Id}?teamId=team_other")).Status);
    }

    [Fact]
    public async Task A_check_of_a_project_runs_for_each_of_its_deployments_and_holds_what_it_blocks()
    {
        await using var scene = await Scene.Set();
        var project = Shop(scene);
        var (status, check) = await scene.Call(HttpMethod.Post, $"/v2/projects/{project}/checks", new JsonObject
        {
            ["name"] = "Database health",
            ["blocks"] = "deployment-alias",
            ["requires"] = "build-ready",
            ["timeout"] = 90_000,
            ["source"] = new JsonObject { ["kind"] = "integration", ["externalResourceId"] = scene.ResourceId },
        });
        Assert.Equal(200, status);
        var deployment = scene.Vercel.Dashboard.Deploy(project);
        Assert.Empty(await Told(scene, "deployment.checkrun.start"));

        await scene.Vercel.Advance(DeploymentProgress.BuildTime, Cancel);

        var started = Assert.Single(await Told(scene, "deployment.checkrun.start"));
        var run = started["checkRun"]!;
        Assert.Equal(
            ((string?)check!["id"], deployment.Id, 90_000, "integration", scene.InstallationId, scene.ResourceId, project),
            ((string?)run["checkId"], (string?)run["deploymentId"], (int?)run["timeout"], (string?)run["source"]!["kind"],
                (string?)run["source"]!["integrationConfigurationId"], (string?)run["source"]!["externalResourceId"], (string?)started["project"]!["id"]));
        Assert.Equal(DeploymentStage.Checking, Now(scene, deployment).Stage);

        Assert.Equal(200, (await Run(scene, deployment, run, """{"status": "running"}""")).Status);
        var (completed, answer) = await Run(scene, deployment, run, """{"status": "completed", "conclusion": "succeeded", "conclusionText": "All good"}""");

        Assert.Equal((200, "succeeded"), (completed, (string?)answer!["conclusion"]));
        Assert.Equal(DeploymentStage.Ready, Now(scene, deployment).Stage);
    }

    [Fact]
    public async Task A_run_that_is_not_completed_in_time_has_failed()
    {
        await using var scene = await Scene.Set();
        var project = Shop(scene);
        await scene.Call(HttpMethod.Post, $"/v2/projects/{project}/checks", new JsonObject { ["name"] = "Slow", ["blocks"] = "deployment-alias" });
        var deployment = scene.Vercel.Dashboard.Deploy(project);
        await scene.Vercel.Advance(DeploymentProgress.BuildTime, Cancel);

        await scene.Vercel.Advance(TimeSpan.FromMinutes(5), Cancel);

        Assert.Equal("timeout", Assert.Single(Now(scene, deployment).CheckRuns).Conclusion);
        Assert.Equal(DeploymentStage.Failed, Now(scene, deployment).Stage);
        Assert.Single(await Told(scene, "deployment.checkrun.cancel"));
    }

    [Theory]
    [InlineData("""{"status": "completed"}""", 400, "conclusion: is missing")]
    [InlineData("""{"conclusion": "succeeded"}""", 400, "conclusion: comes with the status completed")]
    [InlineData("""{"status": "done"}""", 400, "status: must be one of")]
    public async Task A_wrong_update_of_a_run_is_refused_with_its_path(string body, int expected, string message)
    {
        await using var scene = await Scene.Set();
        var (deployment, run) = await Running(scene);

        var (status, answer) = await Run(scene, deployment, run, body);

        Assert.Equal(expected, status);
        Assert.Contains(message, (string?)answer!["error"]!["message"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_takes_no_output_of_any_size_and_no_second_conclusion()
    {
        await using var scene = await Scene.Set();
        var (deployment, run) = await Running(scene);

        Assert.Equal(413, (await Run(scene, deployment, run, $$"""{"output": "{{new string('x', 70_000)}}"}""")).Status);
        Assert.Equal(200, (await Run(scene, deployment, run, """{"status": "completed", "conclusion": "neutral", "output": {"any": [1]}}""")).Status);
        Assert.Equal(200, (await Run(scene, deployment, run, """{"status": "completed", "conclusion": "neutral"}""")).Status);
        Assert.Equal(400, (await Run(scene, deployment, run, """{"status": "completed", "conclusion": "failed"}""")).Status);
    }

    [Fact]
    public async Task A_run_may_be_wanted_again_where_its_check_allows_it()
    {
        await using var scene = await Scene.Set();
        var (deployment, run) = await Running(scene, isRerequestable: true);
        Assert.Throws<InvalidOperationException>(() => scene.Vercel.Dashboard.RerequestCheck(deployment.Id, (string)run["id"]!));
        await Run(scene, deployment, run, """{"status": "completed", "conclusion": "failed"}""");

        scene.Vercel.Dashboard.RerequestCheck(deployment.Id, (string)run["id"]!);

        var starts = await Told(scene, "deployment.checkrun.start");
        Assert.Equal(2, starts.Count);
        Assert.NotEqual((string?)run["id"], (string?)starts[1]["checkRun"]!["id"]);
        Assert.Equal((string?)run["checkId"], (string?)starts[1]["checkRun"]!["checkId"]);
    }

    [Fact]
    public async Task A_check_of_one_deployment_is_registered_runs_and_holds_it_until_it_is_completed()
    {
        await using var scene = await Scene.Set();
        var deployment = scene.Vercel.Dashboard.Deploy(Shop(scene));
        var checks = $"/v1/deployments/{deployment.Id}/checks";
        var (status, registered) = await scene.Call(
            HttpMethod.Post, checks, new JsonObject { ["name"] = "Health", ["blocking"] = true, ["rerequestable"] = true });
        Assert.Equal((200, "registered"), (status, (string?)registered!["status"]));
        var check = $"{checks}/{(string)registered["id"]!}";
        await scene.Vercel.Advance(DeploymentProgress.BuildTime, Cancel);
        Assert.Equal(DeploymentStage.Checking, Now(scene, deployment).Stage);

        Assert.Equal(400, (await scene.Call(HttpMethod.Patch, check, JsonNode.Parse("""{"conclusion": "succeeded"}"""))).Status);
        Assert.Equal(200, (await scene.Call(HttpMethod.Patch, check, JsonNode.Parse("""{"status": "running"}"""))).Status);
        Assert.Equal(200, (await scene.Call(HttpMethod.Post, $"{check}/rerequest")).Status);
        Assert.Single(await Told(scene, "deployment.check-rerequested"));
        Assert.Equal("registered", (string?)(await scene.Call(HttpMethod.Get, check)).Body!["status"]);
        Assert.Equal(200, (await scene.Call(HttpMethod.Patch, check, JsonNode.Parse("""{"status": "completed", "conclusion": "succeeded"}"""))).Status);

        Assert.Equal(DeploymentStage.Ready, Now(scene, deployment).Stage);
        Assert.Single((await scene.Call(HttpMethod.Get, checks)).Body!["checks"]!.AsArray());
        Assert.Equal(404, (await scene.Call(HttpMethod.Get, $"{checks}/check_unknown")).Status);
    }

    [Fact]
    public async Task Deployments_outlive_a_restart_with_the_same_file()
    {
        var file = Path.Combine(Path.GetTempPath(), $"simulator-{Guid.NewGuid():N}.json");
        try
        {
            string id;
            await using (var scene = await Scene.Set(change: options => options with { StateFile = file }))
            {
                id = (await Running(scene)).Deployment.Id;
            }

            await using var again = await SimulatorServer.Start(new SimulatorOptions { StateFile = file }, Cancel);
            Assert.Equal(DeploymentStage.Checking, again.State.Deployments[id].Stage);
            Assert.Equal("Health", Assert.Single(again.State.Deployments[id].CheckRuns).Check.Name);
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static string Shop(Scene scene)
    {
        var project = scene.Vercel.Dashboard.CreateProject(scene.AccountId, "shop").Id;
        scene.Vercel.Dashboard.Connect(scene.InstallationId, scene.ResourceId, project);
        return project;
    }

    private static Deployment Deploy(Scene scene, params string[] actions) =>
        scene.Vercel.Dashboard.Deploy(Shop(scene), actions: [.. actions], branch: "feature");

    private static Deployment Now(Scene scene, Deployment deployment) => scene.Vercel.Dashboard.Deployment(deployment.Id);

    /// <summary>A run that has begun and holds its deployment.</summary>
    private static async Task<(Deployment Deployment, JsonNode Run)> Running(Scene scene, bool isRerequestable = false)
    {
        var project = Shop(scene);
        await scene.Call(HttpMethod.Post, $"/v2/projects/{project}/checks", new JsonObject
        {
            ["name"] = "Health", ["blocks"] = "deployment-promotion", ["isRerequestable"] = isRerequestable, ["timeout"] = 3_600_000,
        });
        var deployment = scene.Vercel.Dashboard.Deploy(project);
        await scene.Vercel.Advance(DeploymentProgress.BuildTime, Cancel);
        return (deployment, Assert.Single(await Told(scene, "deployment.checkrun.start"))["checkRun"]!);
    }

    private static Task<(int Status, JsonNode? Body)> Act(Scene scene, Deployment deployment, string action, string body, string? token = null) =>
        scene.Call(
            HttpMethod.Patch,
            $"/v1/deployments/{deployment.Id}/integrations/{scene.InstallationId}/resources/{scene.ResourceId}/actions/{action}",
            JsonNode.Parse(body), token);

    private static Task<(int Status, JsonNode? Body)> Run(Scene scene, Deployment deployment, JsonNode run, string body) =>
        scene.Call(HttpMethod.Patch, $"/v2/deployments/{deployment.Id}/check-runs/{(string)run["id"]!}", JsonNode.Parse(body));

    private static async Task<List<string>> Types(Scene scene)
    {
        await scene.Vercel.Settle(Cancel);
        return [.. scene.Provider.Webhooks.Select(webhook => (string)JsonNode.Parse(webhook.Body)!["type"]!).Where(type => type.StartsWith("deployment.", StringComparison.Ordinal))];
    }

    private static async Task<List<JsonNode>> Told(Scene scene, string type)
    {
        await scene.Vercel.Settle(Cancel);
        return [.. scene.Provider.Webhooks
            .Select(webhook => JsonNode.Parse(webhook.Body)!)
            .Where(webhook => (string?)webhook["type"] == type)
            .Select(webhook => webhook["payload"]!)];
    }
}
