using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Marketplace.Core.Resources;
using Marketplace.Shell.Audit;
using Marketplace.Shell.Persistence;
using Marketplace.Shell.Provisioning;
using Marketplace.Shell.Resources;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Marketplace.Integration.Operations;

/// <summary>Whoever makes the resources says no after it was decided: what was before comes back, for the customer and on the bill.</summary>
public sealed class RefusedOperationTests(Acme acme) : IClassFixture<Acme>
{
    private const int ChangeAttemptsMax = 100;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_plan_that_is_refused_was_never_there_and_the_customer_reads_why()
    {
        var tool = await acme.Provision(await acme.Install(), "tight");
        var spans = await acme.PlanPeriods(tool);
        acme.Pass(TimeSpan.FromMinutes(10));
        await ChangePlan(tool, "team", new WorkshopEvent.Refuses("There are 30 queues, and the plan allows 20."));
        Assert.Equal("team", PlanAtVercel(tool));
        acme.Pass(TimeSpan.FromMinutes(3));

        await acme.Work("operations", "outbox");

        Assert.Equal(spans, await acme.PlanPeriods(tool));
        Assert.Equal("pro", await PlanOf(tool));
        Assert.Equal("pro", PlanAtVercel(tool));
        Assert.Equal(("ready", "There are 30 queues, and the plan allows 20."), (AtVercel(tool).Status, ShownBeside(tool)));
        Assert.Equal("operation.Refused", await acme.Ask<string>(
            "select kind from domain_event where installation_id = $1 and kind = 'operation.Refused'", tool.Installation));
    }

    [Fact]
    public async Task A_choice_in_the_form_that_is_refused_is_as_before()
    {
        var tool = await acme.Provision(await acme.Install(), "formal", metadata: new JsonObject { ["workers"] = 2 });
        acme.Workshop.Plan("ChangePlan", "formal", new WorkshopEvent.Refuses("No eight workers in iad1."));
        Assert.True((await acme.Customer.UpdateResource(
            tool.Installation, tool.Id, new JsonObject { ["metadata"] = new JsonObject { ["region"] = "iad1", ["workers"] = 8 } }, Cancel)).IsSuccess);

        await acme.Work("operations", "outbox");

        var shown = (await acme.Get(tool.Path, acme.System(tool.Installation))).Is(HttpStatusCode.OK);
        Assert.Equal(2, shown["metadata"]!["workers"]!.GetValue<int>());
        Assert.Equal("No eight workers in iad1.", ShownBeside(tool));
    }

    [Fact]
    public async Task Of_two_changes_that_are_refused_what_was_made_last_comes_back()
    {
        var tool = await acme.Provision(await acme.Install(), "undecided");
        var spans = await acme.PlanPeriods(tool);
        acme.Pass(TimeSpan.FromMinutes(1));
        await ChangePlan(tool, "team", new WorkshopEvent.Refuses("No."), new WorkshopEvent.Refuses("No, and no."));
        acme.Pass(TimeSpan.FromMinutes(1));
        Assert.True((await acme.Customer.ChangePlan(tool.Installation, tool.Id, "prepaid", Cancel)).IsSuccess);

        await acme.Work("operations");
        await acme.Work("operations", "outbox");

        Assert.Equal(["Provision", "ChangePlan", "ChangePlan"], acme.Workshop.Calls(tool.Id));
        Assert.Equal("pro", await PlanOf(tool));
        Assert.Equal("pro", PlanAtVercel(tool));
        Assert.Equal("No, and no.", ShownBeside(tool));
        Assert.Equal(spans, await acme.PlanPeriods(tool));
    }

    [Fact]
    public async Task A_later_change_that_is_made_stands()
    {
        var tool = await acme.Provision(await acme.Install(), "insistent");
        acme.Pass(TimeSpan.FromMinutes(1));
        await ChangePlan(tool, "team", new WorkshopEvent.Refuses("Not team."));
        acme.Pass(TimeSpan.FromMinutes(1));
        Assert.True((await acme.Customer.ChangePlan(tool.Installation, tool.Id, "prepaid", Cancel)).IsSuccess);

        await acme.Work("operations");
        await acme.Work("operations", "outbox");

        Assert.Equal("prepaid", await PlanOf(tool));
        Assert.Equal("prepaid", acme.Workshop.PlanOf(tool.Id));
        Assert.Equal(["pro", "prepaid"], (await acme.PlanPeriods(tool)).Select(span => span.Split(' ')[0]));
    }

    [Fact]
    public async Task What_was_said_of_a_change_that_could_not_be_made_is_over_with_one_that_is()
    {
        var tool = await acme.Provision(await acme.Install(), "second-try");
        await ChangePlan(tool, "team", new WorkshopEvent.Refuses("Not yet."));
        await acme.Work("operations", "outbox");
        Assert.Equal("Not yet.", ShownBeside(tool));

        acme.Pass(TimeSpan.FromMinutes(1));
        await ChangePlan(tool, "team");
        await acme.Work("operations", "outbox");

        Assert.Null(ShownBeside(tool));
        Assert.Equal("team", acme.Workshop.PlanOf(tool.Id));
    }

    [Fact]
    public async Task A_change_that_nobody_answers_for_a_day_is_taken_back_here_and_there()
    {
        var tool = await acme.Provision(await acme.Install(), "silent");
        var spans = await acme.PlanPeriods(tool);
        acme.Pass(TimeSpan.FromMinutes(10));
        await ChangePlan(tool, "team", new WorkshopEvent.Fails());
        await acme.Work("operations");
        Assert.Equal("team", await PlanOf(tool));

        await Exhaust(tool);
        await acme.Work("operations", "outbox");

        Assert.Equal(("pro", "pro", "pro"), (await PlanOf(tool), PlanAtVercel(tool), acme.Workshop.PlanOf(tool.Id)));
        Assert.Equal(spans, await acme.PlanPeriods(tool));
        // The first failed; the last says what is to be, whatever became of that one.
        Assert.Equal(["Provision", "ChangePlan", "ChangePlan"], acme.Workshop.Calls(tool.Id));
    }

    [Fact]
    public async Task Credentials_of_a_rotation_that_nobody_answers_for_a_day_are_ended_and_the_old_ones_work()
    {
        var tool = await acme.Provision(await acme.Install(), "speechless");
        acme.Workshop.Plan("Rotate", "speechless", new WorkshopEvent.Fails());
        (await acme.Post(Paths.Rotate(tool.Installation, tool.Id), acme.Admin(tool.Installation))).Is(HttpStatusCode.Accepted);

        await Exhaust(tool);
        await acme.Work("operations");
        await acme.Work("operations");

        Assert.Equal(["Provision", "Rotate", "ExpireSecrets"], acme.Workshop.Calls(tool.Id));
        Assert.True(acme.Workshop.Opens(tool.Secret()));
        Assert.Equal(0, await acme.Ask<long>("select count(*) from operation where installation_id = $1 and state = 'pending'", tool.Installation));
    }

    [Fact]
    public async Task What_may_be_half_made_is_taken_down_when_the_rest_is_refused()
    {
        var installation = await acme.Install();
        acme.Workshop.Plan("Provision", "half", new WorkshopEvent.Defers(), new WorkshopEvent.Refuses("No room."));
        var exchange = await acme.Customer.Provision(installation, "acme-tools", "half", "pro", [], Cancel);
        var id = (string)JsonNode.Parse(exchange.Body)!["id"]!;

        await acme.BackoffIsOver();
        await acme.Work("operations");
        await acme.Work("operations", "outbox");

        Assert.Equal(["Provision", "Provision", "Deprovision"], acme.Workshop.Calls(id));
        Assert.Equal("error", acme.Vercel.State.Installations[installation].Resources[id].Status);
    }

    [Fact]
    public async Task A_resource_that_is_not_let_in_again_stays_suspended_and_Vercel_hears_why()
    {
        var tool = await acme.Provision(await acme.Install(), "banned");
        await Decide(tool, (writes, resource) => ResourceSuspension.Suspend(
            writes, Fulfilment, new(tool.Installation), resource, SuspensionCause.NonPayment, "Unpaid.", Actor.Worker("test"), acme.Now));
        await acme.Work("operations", "outbox");
        acme.Workshop.Plan("Resume", "banned", new WorkshopEvent.Refuses("The account is closed."));
        await Decide(tool, (writes, resource) => ResourceSuspension.Resume(
            writes, Fulfilment, new(tool.Installation), resource, SuspensionCause.NonPayment, Actor.Worker("test"), acme.Now));

        await acme.Work("operations", "outbox");

        Assert.Equal(("suspended", "The account is closed."), (AtVercel(tool).Status, ShownBeside(tool)));
        Assert.False(acme.Workshop.Opens(tool.Secret()));
    }

    [Fact]
    public async Task A_plan_of_a_whole_installation_does_not_come_back_for_one_resource_and_an_operator_hears_of_it()
    {
        await using var whole = await Acme.Open(new AcmeOptions { Catalogue = "acme-whole-installations.catalog.json" });
        var installation = await whole.Install();
        var plans = (await whole.Get($"{Paths.Installation(installation)}/plans", whole.System(installation))).Is(HttpStatusCode.OK)["plans"]!.AsArray()
            .Select(plan => (string)plan!["id"]!).ToList();
        var exchange = await whole.Customer.Provision(installation, "acme-tools", "covered", plans[0], [], Cancel);
        Assert.True(exchange.IsSuccess, exchange.ToString());
        var id = (string)JsonNode.Parse(exchange.Body)!["id"]!;
        whole.Workshop.Plan("ChangePlan", "covered", new WorkshopEvent.Refuses("Not here."));

        (await whole.Patch(Paths.Installation(installation), whole.Admin(installation), new JsonObject { ["billingPlanId"] = plans[1] })).Is(HttpStatusCode.OK);
        await whole.Work("operations");

        Assert.Equal(plans[1], await whole.Ask<string>("select billing_plan_id from installation where installation_id = $1", installation));
        Assert.Contains(whole.Server.Log.Lines, line =>
            line.StartsWith("Error", StringComparison.Ordinal) && line.Contains($"Resource {id}", StringComparison.Ordinal)
            && line.Contains("Not here.", StringComparison.Ordinal));
    }

    private async Task ChangePlan(Provisioned tool, string plan, params WorkshopEvent[] events)
    {
        acme.Workshop.Plan("ChangePlan", (string)tool.Json["name"]!, events);
        Assert.True((await acme.Customer.ChangePlan(tool.Installation, tool.Id, plan, Cancel)).IsSuccess);
    }

    /// <summary>It has been asked for as often as it may.</summary>
    private Task Exhaust(Provisioned tool) => acme.Execute(
        $"update operation set attempts = {ChangeAttemptsMax}, next_attempt_at = clock_timestamp() where installation_id = $1 and state = 'pending'",
        tool.Installation);

    private Task<string?> PlanOf(Provisioned tool) => acme.Ask<string>(
        "select billing_plan_id from resource where installation_id = $1 and resource_id = $2", tool.Installation, tool.Id);

    private Marketplace.Simulator.Resources.Resource AtVercel(Provisioned tool) => acme.Vercel.State.Installations[tool.Installation].Resources[tool.Id];

    private string? PlanAtVercel(Provisioned tool) => AtVercel(tool).BillingPlanId;

    private string? ShownBeside(Provisioned tool) =>
        AtVercel(tool).Notification is { ValueKind: JsonValueKind.Object } shown ? shown.GetProperty("message").GetString() : null;

    private Fulfilment Fulfilment => acme.Server.Services.GetRequiredService<Fulfilment>();

    private async Task Decide(Provisioned tool, Action<Writes, Resource> decide)
    {
        await using var connection = await acme.Server.Services.GetRequiredService<NpgsqlDataSource>().OpenConnectionAsync(Cancel);
        await using var transaction = await connection.BeginTransactionAsync(Cancel);
        var resource = await ResourceRows.LoadForUpdate(transaction, new(tool.Installation), new(tool.Id), Cancel);
        var writes = new Writes();
        decide(writes, resource!);
        await writes.Commit(transaction, Cancel);
    }
}
