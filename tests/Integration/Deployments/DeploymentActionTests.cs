using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Marketplace.Integration.Transfers;
using Marketplace.Simulator.Api;
using Marketplace.Simulator.Deployments;
using static Marketplace.Integration.Webhooks.WebhookText;
using ActionStatus = Marketplace.Simulator.Deployments.ActionStatus;
using Deployment = Marketplace.Simulator.Deployments.Deployment;

namespace Marketplace.Integration.Deployments;

/// <summary>What a resource does for a deployment that waits for it. Source: contract §E.15, D.12.</summary>
[Collection(SharedAcme.Name)]
public sealed class DeploymentActionTests(Acme acme)
{
    private const string Start = "deployment.integration.action.start";
    private const string Cancel = "deployment.integration.action.cancel";
    private const string CleanUp = "deployment.integration.action.cleanup";

    [Fact]
    public async Task A_deployment_that_waits_gets_the_outcome_with_its_secrets()
    {
        var (_, deployment) = await Deploy("stamp");

        await Work(deployment);

        var action = Assert.Single(Now(deployment).Actions);
        Assert.Equal((ActionStatus.Succeeded, "Stamped."), (action.Status, action.StatusText));
        Assert.Contains(acme.Customer.DeploymentVariables(deployment.Id), variable => variable.Value == $"stamp-{deployment.Id}");
        Assert.Equal(DeploymentStage.Building, Now(deployment).Stage);
        Assert.Equal("succeeded", await Stage(deployment));
    }

    [Fact]
    public async Task A_no_of_the_provisioner_fails_the_deployment_with_words_that_the_customer_can_read()
    {
        var (tool, deployment) = await Deploy("stamp", name: "refused");
        acme.Workshop.Plan("Act", "refused", new WorkshopEvent.Refuses("There is no ink."));

        await Work(deployment);

        Assert.Equal((ActionStatus.Failed, "There is no ink."), (Now(deployment).Actions[0].Status, Now(deployment).Actions[0].StatusText));
        Assert.Equal("gone", await Stage(deployment));
        Assert.Equal(1, acme.Workshop.Calls("Undo", tool.Id));
    }

    [Fact]
    public async Task An_action_that_the_product_does_not_have_fails_the_deployment_instead_of_keeping_it_waiting()
    {
        var (_, deployment) = await Deploy("invented");

        await Work(deployment);

        Assert.Equal(
            (ActionStatus.Failed, "There is no action invented for this product."), (Now(deployment).Actions[0].Status, Now(deployment).Actions[0].StatusText));
    }

    [Fact]
    public async Task A_fault_is_tried_again_and_the_work_is_done_once_it_is_over()
    {
        var (_, deployment) = await Deploy("stamp", name: "broken");
        acme.Workshop.Plan("Act", "broken", new WorkshopEvent.Fails(), new WorkshopEvent.Fails());

        await Work(deployment);
        Assert.Equal("wanted", await Stage(deployment));
        Assert.Equal(ActionStatus.Running, Now(deployment).Actions[0].Status);
        await Again(deployment);
        await Again(deployment);

        Assert.Equal(ActionStatus.Succeeded, Now(deployment).Actions[0].Status);
    }

    [Fact]
    public async Task A_fault_that_lasts_fails_the_deployment_instead_of_keeping_it_waiting()
    {
        var (_, deployment) = await Deploy("stamp", name: "lasting");
        acme.Workshop.Plan("Act", "lasting", [.. Enumerable.Repeat(new WorkshopEvent.Fails(), 6)]);

        await Work(deployment);
        for (var attempt = 2; attempt <= 6; attempt++)
            await Again(deployment);

        Assert.Equal(
            (ActionStatus.Failed, "The service did not answer. Deploy again in a few minutes."),
            (Now(deployment).Actions[0].Status, Now(deployment).Actions[0].StatusText));
    }

    [Fact]
    public async Task An_outcome_whose_answer_was_lost_is_sent_again_and_what_was_made_stays()
    {
        var (tool, deployment) = await Deploy("stamp", name: "lost");
        await Heard(deployment);
        // Its work has begun, and what follows is the outcome: Vercel takes it, and we do not hear so.
        acme.Workshop.Plan("Act", "lost", new WorkshopEvent.Fails());
        await acme.Work("deployment-actions");
        await acme.Execute("update deployment_action set may_be_told = true where deployment_id = $1", deployment.Id);
        acme.Vercel.Disturbances.Plan(HttpMethod.Patch, Path(tool), new Disturbance { LosesAnswer = true });

        await Again(deployment);
        for (var attempt = 0; attempt < 3 && await Stage(deployment) == "wanted"; attempt++)
            await Again(deployment);

        Assert.Equal("succeeded", await Stage(deployment));
        Assert.Equal(ActionStatus.Succeeded, Now(deployment).Actions[0].Status);
        Assert.True(acme.Workshop.Stamped(deployment.Id));
    }

    [Fact]
    public async Task A_refused_token_is_waited_for_and_the_next_one_says_the_same()
    {
        var (tool, deployment) = await Deploy("stamp");
        await Heard(deployment);
        acme.Vercel.Disturbances.Plan(HttpMethod.Patch, Path(tool), Disturbance.Fails(401));

        await acme.Work("deployment-actions");
        Assert.StartsWith("401", await acme.Ask<string>("select last_error from deployment_action where deployment_id = $1", deployment.Id), StringComparison.Ordinal);
        await Again(deployment);

        Assert.Equal("succeeded", await Stage(deployment));
        Assert.True(acme.Workshop.Stamped(deployment.Id));
    }

    [Theory]
    [InlineData(401)]
    [InlineData(503)]
    public async Task An_outcome_that_Vercel_never_acknowledges_is_told_for_a_day_and_what_was_made_stays_until_the_deployment_is_deleted(int status)
    {
        var (tool, deployment) = await Deploy("stamp");
        await Heard(deployment);
        acme.Vercel.Disturbances.Plan(HttpMethod.Patch, Path(tool), new Disturbance());
        acme.Vercel.Disturbances.Plan(HttpMethod.Patch, Path(tool), Disturbance.Fails(status), times: 100);
        await acme.Work("deployment-actions");
        await StartedAgo(deployment, TimeSpan.FromHours(23));
        await Again(deployment);
        Assert.Equal("wanted", await Stage(deployment));

        await StartedAgo(deployment, TimeSpan.FromHours(24));
        await Again(deployment);

        Assert.Equal("succeeded", await Stage(deployment));
        Assert.True(acme.Workshop.Stamped(deployment.Id));
        Assert.Contains($"{status}", Assert.Single(await GivenUp(tool)), StringComparison.Ordinal);

        await acme.Tell(Of(CleanUp, tool.Installation, acme.Now, Payload(tool, deployment.Id)));
        await acme.Execute("update deployment_action set due_at = due_at - interval '30 days' where deployment_id = $1", deployment.Id);
        await Again(deployment);
        Assert.Equal("gone", await Stage(deployment));
        Assert.False(acme.Workshop.Stamped(deployment.Id));
    }

    [Fact]
    public async Task Work_whose_begin_Vercel_never_acknowledges_is_not_begun_and_ends_after_a_day()
    {
        var (tool, deployment) = await Deploy("stamp");
        await Heard(deployment);
        acme.Vercel.Disturbances.Plan(HttpMethod.Patch, Path(tool), Disturbance.Fails(401), times: 100);
        await StartedAgo(deployment, TimeSpan.FromHours(24));

        await Again(deployment);
        await Again(deployment);

        Assert.Equal("gone", await Stage(deployment));
        Assert.Equal(0, acme.Workshop.Calls("Act", tool.Id));
    }

    [Fact]
    public async Task No_secret_that_Vercel_repeats_in_its_refusal_is_kept()
    {
        var (tool, deployment) = await Deploy("stamp");
        await Heard(deployment);
        acme.Vercel.Disturbances.Plan(HttpMethod.Patch, Path(tool), new Disturbance());
        acme.Vercel.Disturbances.Plan(
            HttpMethod.Patch, Path(tool), new Disturbance { Refusal = ApiAnswer.Refusal(400, "bad_request", $"stamp-{deployment.Id} is too short") });

        await acme.Work("deployment-actions");

        var events = await acme.AskAll<string>("select detail::text from domain_event where installation_id = $1", tool.Installation);
        Assert.Contains(events, detail => detail.Contains("[secret] is too short", StringComparison.Ordinal));
        Assert.DoesNotContain(events, detail => detail.Contains($"stamp-{deployment.Id}", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Where_the_resource_changes_hands_before_the_outcome_is_written_down_what_was_made_stays()
    {
        var (tool, deployment) = await Deploy("stamp");
        var target = await acme.Install();
        await Work(deployment);
        // As it was before the worker could commit: Vercel has the outcome.
        await acme.Execute("update deployment_action set stage = 'wanted', due_at = changed_at where deployment_id = $1", deployment.Id);
        Assert.Equal(System.Net.HttpStatusCode.NoContent, (await acme.Accept(target, await acme.Offer(tool))).Status);
        acme.Vercel.Disturbances.Plan(HttpMethod.Patch, Path(tool), Disturbance.Fails(400), times: 2);

        await Again(deployment);

        Assert.Equal("succeeded", await acme.Ask<string>("select stage from deployment_action where installation_id = $1", target));
        Assert.True(acme.Workshop.Stamped(deployment.Id));
    }

    [Fact]
    public async Task Whoever_dies_after_the_outcome_was_sent_leaves_it_to_the_next_who_takes_nothing_back()
    {
        var (tool, deployment) = await Deploy("stamp");
        await Work(deployment);
        // As it was before the worker could commit: Vercel has the outcome, and the lease is over.
        await acme.Execute("update deployment_action set stage = 'wanted', due_at = changed_at, next_attempt_at = '-infinity' where deployment_id = $1", deployment.Id);
        acme.Vercel.Disturbances.Plan(HttpMethod.Patch, Path(tool), Disturbance.Fails(400));

        await acme.Work("deployment-actions");

        Assert.Equal("succeeded", await Stage(deployment));
        Assert.True(acme.Workshop.Stamped(deployment.Id));
    }

    [Fact]
    public async Task Whatever_the_order_and_however_often_it_is_told_a_canceled_action_leaves_nothing()
    {
        foreach (var order in Orders([0, 1]))
        {
            var tool = await acme.Provision(await acme.Install());
            var id = $"dpl_{Guid.NewGuid():N}";
            string[] said = [Of(Start, tool.Installation, acme.Now, Payload(tool, id)), Of(Cancel, tool.Installation, acme.Now.AddSeconds(1), Payload(tool, id))];

            await acme.Tell(order.Select(at => said[at]));
            await acme.Work("deployment-actions");

            Assert.Equal("gone", await acme.Ask<string>("select stage from deployment_action where deployment_id = $1", id));
            Assert.Equal(0, acme.Workshop.Calls("Act", tool.Id));
            Assert.False(acme.Workshop.Stamped(id));
        }
    }

    [Fact]
    public async Task An_action_that_is_canceled_while_somebody_is_at_work_is_undone_when_he_is_done()
    {
        var (tool, deployment) = await Deploy("stamp", name: "slow");
        var slow = new TaskCompletionSource();
        acme.Workshop.Plan("Act", "slow", new WorkshopEvent.Waits(slow));
        await Heard(deployment);

        var work = acme.Work("deployment-actions");
        await acme.Eventually(() => Task.FromResult(acme.Workshop.Calls("Act", tool.Id) == 1 ? "begun" : null));
        acme.Customer.CancelDeployment(deployment.Id);
        await acme.Eventually(async () =>
        {
            await acme.Work("webhooks");
            return await Stage(deployment) == "leaving" ? "heard" : null;
        });
        slow.SetResult();
        await work;
        await acme.Work("deployment-actions");

        Assert.Equal("gone", await Stage(deployment));
        Assert.False(acme.Workshop.Stamped(deployment.Id));
        Assert.Equal(ActionStatus.Canceled, Now(deployment).Actions[0].Status);
    }

    [Fact]
    public async Task What_was_made_stays_for_the_recovery_period_and_is_then_removed()
    {
        var (_, deployment) = await Deploy("stamp");
        await Work(deployment);
        var tool = Now(deployment).Actions[0];

        await acme.Tell(Of(CleanUp, tool.InstallationId, acme.Now, new JsonObject
        {
            ["resourceId"] = tool.ResourceId, ["action"] = "stamp", ["deployment"] = new JsonObject { ["id"] = deployment.Id },
        }));
        await acme.Work("deployment-actions");
        Assert.True(acme.Workshop.Stamped(deployment.Id));
        Assert.Equal("leaving", await Stage(deployment));

        await acme.Execute("update deployment_action set due_at = due_at - interval '30 days' where deployment_id = $1", deployment.Id);
        await acme.Work("deployment-actions");
        Assert.False(acme.Workshop.Stamped(deployment.Id));
        Assert.Equal("gone", await Stage(deployment));
    }

    [Fact]
    public async Task What_is_gone_is_forgotten_after_its_time_and_nothing_that_is_in_use()
    {
        var tool = await acme.Provision(await acme.Install());
        await acme.Execute(
            """
            insert into deployment_action (installation_id, resource_id, deployment_id, action, stage, changed_at)
            select $1, $2, stage || ' ' || days, 'stamp', stage, $3 - make_interval(days => days)
            from unnest(array['gone', 'succeeded']) as stage, unnest(array[29, 31]) as days
            """,
            tool.Installation, tool.Id, acme.Now);

        await acme.Work("deployment-retention");

        Assert.Equal(
            ["gone 29", "succeeded 29", "succeeded 31"],
            await acme.AskAll<string>("select deployment_id from deployment_action where installation_id = $1 order by 1", tool.Installation));
    }

    [Fact]
    public async Task A_resource_that_is_not_in_service_does_nothing_for_deployments()
    {
        var (tool, deployment) = await Deploy("stamp");
        await Heard(deployment);
        await acme.Delete(tool.Path, acme.Admin(tool.Installation));

        await acme.Work("deployment-actions");

        Assert.Equal("The resource is not in service.", Now(deployment).Actions[0].StatusText);
        Assert.False(acme.Workshop.Stamped(deployment.Id));
    }

    [Fact]
    public async Task A_deployment_gets_a_database_of_its_own_that_opens()
    {
        var (_, deployment) = await Deploy("branch-database", product: "acme-postgres", plan: "free", metadata: new JsonObject { ["region"] = "iad1" });

        await Work(deployment);

        Assert.Equal(ActionStatus.Succeeded, Now(deployment).Actions[0].Status);
        var url = new Uri(acme.Customer.DeploymentVariables(deployment.Id).Single(variable => variable.Name == "DATABASE_URL").Value);
        await using var connection = new Npgsql.NpgsqlConnection(new Npgsql.NpgsqlConnectionStringBuilder
        {
            Host = url.Host, Port = url.Port, Username = Uri.UnescapeDataString(url.UserInfo.Split(':')[0]),
            Password = Uri.UnescapeDataString(url.UserInfo.Split(':')[1]), Database = Uri.UnescapeDataString(url.AbsolutePath[1..]), Pooling = false,
        }.ConnectionString);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        Assert.Contains(".br_", connection.Database, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_database_is_checked_before_its_deployment_is_built()
    {
        var (_, deployment) = await Deploy("check-database", product: "acme-postgres", plan: "free", metadata: new JsonObject { ["region"] = "iad1" });

        await Work(deployment);

        Assert.Equal(ActionStatus.Succeeded, Now(deployment).Actions[0].Status);
        Assert.StartsWith("The database answered in ", Now(deployment).Actions[0].StatusText, StringComparison.Ordinal);
        Assert.Empty(Now(deployment).Actions[0].Secrets);
    }

    private async Task<(Provisioned Tool, Deployment Deployment)> Deploy(
        string action, string name = "tool", string product = "acme-tools", string plan = "pro", JsonObject? metadata = null)
    {
        var tool = await acme.Provision(await acme.Install(), name, plan, product, metadata);
        var project = acme.Customer.CreateProject(acme.Vercel.State.Installations[tool.Installation].AccountId, $"shop-{Guid.NewGuid():N}");
        Assert.Empty(acme.Customer.Connect(tool.Installation, tool.Id, project.Id));
        return (tool, acme.Customer.Deploy(project.Id, actions: ImmutableList.Create(action)));
    }

    /// <summary>The worker has heard of it, and has not begun.</summary>
    private Task Heard(Deployment deployment) => acme.Eventually(async () =>
    {
        await acme.Work("webhooks");
        return await Stage(deployment);
    });

    private async Task Work(Deployment deployment)
    {
        await Heard(deployment);
        await acme.Work("deployment-actions");
    }

    private async Task Again(Deployment deployment)
    {
        await acme.Execute("update deployment_action set next_attempt_at = '-infinity' where deployment_id = $1", deployment.Id);
        await acme.Work("deployment-actions");
    }

    private Task StartedAgo(Deployment deployment, TimeSpan time) =>
        acme.Execute("update deployment_action set due_at = $2 where deployment_id = $1", deployment.Id, acme.Now - time);

    private Task<IReadOnlyList<string>> GivenUp(Provisioned tool) => acme.AskAll<string>(
        "select detail->>'reason' from domain_event where installation_id = $1 and kind like '%.GivenUp'", tool.Installation);

    private Deployment Now(Deployment deployment) => acme.Customer.Deployment(deployment.Id);

    private Task<string?> Stage(Deployment deployment) =>
        acme.Ask<string>("select stage from deployment_action where deployment_id = $1", deployment.Id);

    private static string Path(Provisioned tool) => $"/resources/{tool.Id}/actions/stamp";

    private static JsonObject Payload(Provisioned tool, string deployment) => new()
    {
        ["resourceId"] = tool.Id, ["action"] = "stamp", ["deployment"] = new JsonObject { ["id"] = deployment },
    };
}
