using System.Net;
using System.Text.Json.Nodes;
using Marketplace.Integration.Transfers;
using Marketplace.Simulator.Api;
using static Marketplace.Integration.Webhooks.WebhookText;
using CheckRun = Marketplace.Simulator.Deployments.CheckRun;
using Deployment = Marketplace.Simulator.Deployments.Deployment;

namespace Marketplace.Integration.Checks;

/// <summary>Whether a resource serves a deployment. Source: contract §D.13 v2, §F, <c>deployment.checkrun.*</c>.</summary>
[Collection(SharedAcme.Name)]
public sealed class CheckRunTests(Acme acme)
{
    [Fact]
    public async Task A_check_is_registered_once_for_a_project_that_is_connected_and_concludes_with_what_it_found()
    {
        var (tool, project) = await Connect();

        await acme.Work("project-checks");
        await acme.Work("project-checks");
        var deployment = await Deploy(project);

        var check = Assert.Single(acme.Vercel.State.ProjectChecks, check => check.ProjectId == project);
        Assert.Equal(("Health", tool.Id, "deployment-promotion", 60_000m), (check.Name, check.ExternalResourceId, check.Blocks, check.Timeout));
        Assert.Equal(("completed", "succeeded", "All is well."), Said(deployment));
        Assert.Equal(check.Id, await acme.Ask<string>("select check_id from project_check where installation_id = $1", tool.Installation));
    }

    [Fact]
    public async Task A_resource_that_does_not_serve_fails_the_check_and_says_why()
    {
        var (_, project) = await Connect("ill");
        await acme.Work("project-checks");
        acme.Workshop.Plan("Check", "ill", new WorkshopEvent.Refuses("It is out of ink."));

        Assert.Equal(("completed", "failed", "It is out of ink."), Said(await Deploy(project)));
    }

    [Fact]
    public async Task A_check_that_itself_fails_again_and_again_says_nothing_of_the_resource()
    {
        var (tool, project) = await Connect("faulty");
        await acme.Work("project-checks");
        acme.Workshop.Plan("Check", "faulty", new WorkshopEvent.Fails(), new WorkshopEvent.Fails(), new WorkshopEvent.Fails());

        var deployment = await Deploy(project);
        Assert.Equal("running", Said(deployment).Status);
        for (var attempt = 0; attempt < 2; attempt++)
            await Again(tool);

        Assert.Equal(("completed", "neutral", "The check itself failed, and says nothing of the resource."), Said(deployment));
    }

    [Fact]
    public async Task A_run_whose_time_is_over_is_concluded_as_such_and_nothing_is_checked()
    {
        var tool = await acme.Provision(await acme.Install());
        await acme.TellOnce(Run("start", tool, "chkr_late", acme.Now.AddMinutes(-2)));

        await acme.Work("check-runs");

        Assert.Equal(0, acme.Workshop.Calls("Check", tool.Id));
        Assert.Equal("over", await State(tool));
    }

    [Fact]
    public async Task An_answer_that_was_lost_is_asked_for_again()
    {
        var (tool, project) = await Connect("lost");
        await acme.Work("project-checks");
        var slow = new TaskCompletionSource();
        acme.Workshop.Plan("Check", "lost", new WorkshopEvent.Waits(slow));
        var deployment = acme.Customer.Deploy(project);
        await Heard(deployment);

        // Vercel hears that it runs, takes the conclusion, and we do not hear so.
        var work = acme.Work("check-runs");
        await acme.Eventually(() => Task.FromResult(Said(deployment).Status == "running" ? "begun" : null));
        acme.Vercel.Disturbances.Plan(HttpMethod.Patch, $"/check-runs/{acme.Customer.Deployment(deployment.Id).CheckRuns[0].Id}", new Disturbance { LosesAnswer = true });
        slow.SetResult();
        await work;
        for (var attempt = 0; attempt < 3 && await State(tool) == "wanted"; attempt++)
            await Again(tool);

        Assert.Equal("over", await State(tool));
        Assert.Equal(("completed", "succeeded", "All is well."), Said(deployment));
    }

    [Fact]
    public async Task Nothing_is_registered_for_a_resource_that_is_gone()
    {
        var (tool, project) = await Connect();
        await acme.Delete(tool.Path, acme.Admin(tool.Installation));

        await acme.Work("project-checks");

        Assert.StartsWith(
            "refused: the resource is gone",
            await acme.Ask<string>("select state || ': ' || last_error from project_check where installation_id = $1", tool.Installation), StringComparison.Ordinal);
        Assert.DoesNotContain(acme.Vercel.State.ProjectChecks, check => check.ProjectId == project);
    }

    [Fact]
    public async Task A_refused_token_is_waited_for_and_the_next_one_says_the_same()
    {
        var (tool, project) = await Connect();
        acme.Vercel.Disturbances.Plan(HttpMethod.Post, $"/projects/{project}/checks", Disturbance.Fails(401));
        await acme.Work("project-checks");
        Assert.StartsWith("401", await acme.Ask<string>("select last_error from project_check where installation_id = $1", tool.Installation), StringComparison.Ordinal);
        await acme.Execute("update project_check set next_attempt_at = '-infinity' where installation_id = $1", tool.Installation);
        await acme.Work("project-checks");
        var deployment = acme.Customer.Deploy(project);
        await Heard(deployment);
        acme.Vercel.Disturbances.Plan(
            HttpMethod.Patch, $"/check-runs/{acme.Customer.Deployment(deployment.Id).CheckRuns[0].Id}", Disturbance.Fails(401));

        await acme.Work("check-runs");
        Assert.StartsWith("401", await acme.Ask<string>("select last_error from check_run where installation_id = $1", tool.Installation), StringComparison.Ordinal);
        await Again(tool);

        Assert.Equal(("completed", "succeeded", "All is well."), Said(deployment));
    }

    [Fact]
    public async Task A_run_that_nobody_takes_a_conclusion_of_ends_a_day_after_its_deadline()
    {
        var tool = await acme.Provision(await acme.Install());
        acme.Vercel.Disturbances.Plan(HttpMethod.Patch, "/check-runs/chkr_silent", Disturbance.Fails(503), times: 10);
        await acme.TellOnce(Run("start", tool, "chkr_silent", acme.Now.AddHours(-23)));
        await acme.TellOnce(Run("start", tool, "chkr_forgotten", acme.Now.AddHours(-25)));

        await acme.Work("check-runs");

        Assert.Equal("wanted", await State(tool, "chkr_silent"));
        Assert.Equal("over", await State(tool, "chkr_forgotten"));
        acme.Vercel.Disturbances.Clear();
        await Again(tool);
    }

    [Fact]
    public async Task The_checks_and_runs_of_a_resource_go_with_it_when_it_changes_hands()
    {
        var (tool, _) = await Connect();
        var target = await acme.Install();
        await acme.TellOnce(Run("start", tool, "chkr_moved", acme.Now));

        await acme.Work("project-checks");
        Assert.Equal(HttpStatusCode.NoContent, (await acme.Accept(target, await acme.Offer(tool))).Status);
        await acme.Work("check-runs");

        var there = tool.At(target);
        Assert.Equal(("over", null), (await State(there, "chkr_moved"), await State(tool, "chkr_moved")));
        Assert.Equal("registered", await acme.Ask<string>("select state from project_check where installation_id = $1", target));
        Assert.Null(await acme.Ask<string>("select state from project_check where installation_id = $1", tool.Installation));
    }

    [Fact]
    public async Task Whatever_the_order_and_however_often_it_is_told_a_canceled_run_is_over()
    {
        foreach (var order in Orders([0, 1]))
        {
            var tool = await acme.Provision(await acme.Install());
            string[] said = [Run("start", tool, "chkr_1", acme.Now), Run("cancel", tool, "chkr_1", acme.Now.AddSeconds(1))];

            await acme.Tell(order.Select(at => said[at]));

            Assert.Equal("over", await State(tool));
            await acme.Work("check-runs");
            Assert.Equal(0, acme.Workshop.Calls("Check", tool.Id));
        }
    }

    [Fact]
    public async Task A_database_says_how_it_is()
    {
        var (_, project) = await Connect(product: "acme-postgres", plan: "free", metadata: new JsonObject { ["region"] = "iad1" });
        await acme.Work("project-checks");

        var (status, conclusion, text) = Said(await Deploy(project));

        Assert.Equal(("completed", "succeeded"), (status, conclusion));
        Assert.StartsWith("The database answered in ", text, StringComparison.Ordinal);
    }

    private async Task<(Provisioned Tool, string Project)> Connect(
        string name = "tool", string product = "acme-tools", string plan = "pro", JsonObject? metadata = null)
    {
        var tool = await acme.Provision(await acme.Install(), name, plan, product, metadata);
        var project = acme.Customer.CreateProject(acme.Vercel.State.Installations[tool.Installation].AccountId, $"shop-{Guid.NewGuid():N}");
        Assert.Empty(acme.Customer.Connect(tool.Installation, tool.Id, project.Id));
        await acme.Eventually(async () =>
        {
            await acme.Work("webhooks");
            return await acme.Ask<string>("select project_id from project_check where installation_id = $1", tool.Installation);
        });
        return (tool, project.Id);
    }

    /// <summary>A deployment whose run the worker has heard of, and worked on once.</summary>
    private async Task<Deployment> Deploy(string project)
    {
        var deployment = acme.Customer.Deploy(project);
        await Heard(deployment);
        await acme.Work("check-runs");
        return deployment;
    }

    private Task Heard(Deployment deployment) => acme.Eventually(async () =>
    {
        await acme.Work("webhooks");
        return await acme.Ask<string>("select run_id from check_run where deployment_id = $1", deployment.Id);
    });

    private async Task Again(Provisioned tool)
    {
        await acme.Execute("update check_run set next_attempt_at = '-infinity' where installation_id = $1", tool.Installation);
        await acme.Work("check-runs");
    }

    private (string Status, string? Conclusion, string? Text) Said(Deployment deployment)
    {
        CheckRun run = Assert.Single(acme.Customer.Deployment(deployment.Id).CheckRuns);
        return (run.Status, run.Conclusion, run.ConclusionText);
    }

    private Task<string?> State(Provisioned tool) =>
        acme.Ask<string>("select state from check_run where installation_id = $1", tool.Installation);

    private Task<string?> State(Provisioned tool, string run) =>
        acme.Ask<string>("select state from check_run where installation_id = $1 and run_id = $2", tool.Installation, run);

    /// <summary>It names its installation by the check's source alone.</summary>
    private static string Run(string what, Provisioned tool, string run, DateTimeOffset at) => new JsonObject
    {
        ["id"] = NewId(), ["type"] = $"deployment.checkrun.{what}", ["createdAt"] = at.ToUnixTimeMilliseconds(), ["region"] = null,
        ["payload"] = new JsonObject
        {
            ["checkRun"] = new JsonObject
            {
                ["id"] = run, ["checkId"] = "chk_1", ["deploymentId"] = $"dpl_{run}", ["timeout"] = 60_000,
                ["source"] = new JsonObject
                {
                    ["kind"] = "integration", ["integrationConfigurationId"] = tool.Installation, ["externalResourceId"] = tool.Id,
                },
            },
            ["deployment"] = new JsonObject { ["id"] = $"dpl_{run}" },
        },
    }.ToJsonString();
}
