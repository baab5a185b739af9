using System.Net;
using System.Text.Json.Nodes;
using Marketplace.Core.Installations;
using Marketplace.Core.Resources;
using Marketplace.Shell.Audit;
using Marketplace.Shell.Persistence;
using Marketplace.Shell.Provisioning;
using Marketplace.Shell.Resources;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Marketplace.Integration.Resources;

/// <summary>What the provider does to a resource on its own account, as the customer sees it at Vercel. Contract §C.2, §D.5, §E.3.</summary>
[Collection(SharedAcme.Name)]
public sealed class ProviderResourceTests(Acme acme)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_does_not_work_is_shown_with_its_reason_until_all_is_well()
    {
        var tool = await acme.Provision(await acme.Install());

        var said = (await SetStatus(tool, "error", "The region has an outage.")).Is(HttpStatusCode.OK);
        await acme.Work();
        Assert.Equal(("error", "The region has an outage."), (Text(said, "status"), Text(said, "fault")));
        Assert.Equal(("error", "The region has an outage."), Shown(tool));
        var read = (await acme.Get(tool.Path, acme.System(tool.Installation))).Is(HttpStatusCode.OK);
        Assert.Equal(("error", "Not working"), (Text(read, "status"), Text(read["notification"]!, "title")));
        Assert.True(acme.Workshop.Opens(tool.Secret()));

        (await SetStatus(tool, "onboarding")).Is(HttpStatusCode.OK);
        await acme.Work();
        Assert.Equal(("onboarding", null), Shown(tool));

        said = (await SetStatus(tool, "ready", "The customer has signed.")).Is(HttpStatusCode.OK);
        (await SetStatus(tool, "ready", "The customer has signed.")).Is(HttpStatusCode.OK);
        await acme.Work();
        Assert.Equal(("ready", null), (Text(said, "status"), said["fault"]));
        Assert.Equal(("ready", null), Shown(tool));
        Assert.Equal(
            [
                "resource.FaultReported set status: The region has an outage.", "resource.Recovered set status",
                "resource.OnboardingAwaited set status", "resource.Onboarded set status: The customer has signed.",
            ],
            await Audit(tool));
        await TellsNoDrift(tool);
    }

    [Fact]
    public async Task A_suspension_by_the_provider_really_cuts_service_and_ends_when_the_provider_says_so()
    {
        var tool = await acme.Provision(await acme.Install());

        var said = (await Post(tool, "suspend", Reason("Abuse was reported."))).Is(HttpStatusCode.OK);
        await acme.Work();
        Assert.Equal("suspended", Text(said, "status"));
        Assert.Equal(("suspended", "Abuse was reported."), Shown(tool));
        Assert.False(acme.Workshop.Opens(tool.Secret()));
        (await SetStatus(tool, "ready")).IsProblem(HttpStatusCode.Conflict, "resource-suspended");
        (await Post(tool, "plan", new JsonObject { ["billingPlanId"] = "free" })).IsProblem(HttpStatusCode.Conflict, "resource-suspended");

        said = (await Post(tool, "resume", Reason("It was nothing."))).Is(HttpStatusCode.OK);
        await acme.Work();
        Assert.Equal(("resumed", 0), (Text(said, "status"), said["suspendedBy"]!.AsArray().Count));
        Assert.Equal(("resumed", null), Shown(tool));
        Assert.True(acme.Workshop.Opens(tool.Secret()));
        Assert.Equal(["resource.Suspended suspend: Abuse was reported.", "resource.Resumed resume: It was nothing."], await Audit(tool));
    }

    [Fact]
    public async Task A_resume_by_the_provider_lifts_nobody_elses_suspension()
    {
        var tool = await acme.Provision(await acme.Install());
        await Suspend(tool, SuspensionCause.NonPayment, "An invoice is not paid.");
        (await Post(tool, "suspend", Reason("Abuse was reported."))).Is(HttpStatusCode.OK);

        var said = (await Post(tool, "resume")).Is(HttpStatusCode.OK);
        await acme.Work();

        Assert.Equal("suspended", Text(said, "status"));
        var left = Assert.Single(said["suspendedBy"]!.AsArray())!;
        Assert.Equal(("non_payment", "An invoice is not paid."), (Text(left, "cause"), Text(left, "reason")));
        Assert.Equal(("suspended", "An invoice is not paid."), Shown(tool));
        Assert.False(acme.Workshop.Opens(tool.Secret()));
        (await Post(tool, "resume")).Is(HttpStatusCode.OK);
        await acme.Work();
        Assert.False(acme.Workshop.Opens(tool.Secret()));
    }

    [Fact]
    public async Task Another_name_is_told_to_Vercel_by_the_rules_of_the_product()
    {
        var tool = await acme.Provision(await acme.Install());

        var renamed = (await Call(HttpMethod.Patch, tool, "", new JsonObject { ["name"] = "orders", ["reason"] = "asked by mail" })).Is(HttpStatusCode.OK);
        await acme.Work();
        await acme.Vercel.Settle(Cancel);

        Assert.Equal("orders", Text(renamed, "name"));
        Assert.Equal("orders", AtVercel(tool).Name);
        Assert.Equal(tool.Secret(), AtVercel(tool).Secrets.Find(secret => secret.Name == "ACME_KEY")!.Value);
        Assert.Equal(["resource.Renamed rename resource: asked by mail"], await Audit(tool));
        await TellsNoDrift(tool);

        var wrong = (await Call(HttpMethod.Patch, tool, "", new JsonObject { ["name"] = "no spaces", ["reason"] = new string('x', 501) }))
            .IsProblem(HttpStatusCode.BadRequest, "invalid-request");
        Assert.Equal(["#/reason"], Pointers(wrong));
        wrong = (await Call(HttpMethod.Patch, tool, "", new JsonObject { ["name"] = "no spaces" })).IsProblem(HttpStatusCode.BadRequest, "invalid-request");
        Assert.Equal(["#/name"], Pointers(wrong));
    }

    [Fact]
    public async Task Another_plan_on_the_customers_behalf_is_billed_enforced_and_told_as_if_the_customer_had_chosen_it()
    {
        var tool = await acme.Provision(await acme.Install(), plan: "pro");
        var key = await acme.NewProviderKey("resources:write");
        var asked = new JsonObject { ["billingPlanId"] = "free", ["reason"] = "goodwill" };
        acme.Pass(TimeSpan.FromMinutes(1));

        var changed = (await acme.Provide(HttpMethod.Post, $"{PathOf(tool)}/plan", key, asked, idempotencyKey: "plan-1")).Is(HttpStatusCode.OK);
        var again = await acme.Provide(HttpMethod.Post, $"{PathOf(tool)}/plan", key, asked, idempotencyKey: "plan-1");
        await acme.Work();
        await acme.Vercel.Settle(Cancel);

        Assert.Equal("free", Text(changed, "billingPlanId"));
        Assert.True(JsonNode.DeepEquals(changed, again.Json));
        Assert.Equal("free", AtVercel(tool).BillingPlanId);
        Assert.Equal("free", acme.Workshop.PlanOf(tool.Id));
        Assert.Equal(["pro", "free"], (await acme.PlanPeriods(tool)).Select(line => line.Split(' ')[0]));
        Assert.Equal(["resource.PlanChanged change plan: goodwill"], await Audit(tool));
        Assert.Equal(
            1L, await acme.Ask<long>("select count(*) from outbox_message where installation_id = $1 and kind = 'resource_facts'", tool.Installation));
        await TellsNoDrift(tool);
    }

    [Fact]
    public async Task The_rules_of_a_plan_bind_the_provider_too()
    {
        var installation = await acme.Install();
        await acme.Provision(installation, "one", "free");
        var two = await acme.Provision(installation, "two", "pro");

        (await Post(two, "plan", new JsonObject { ["billingPlanId"] = "free" })).IsProblem(HttpStatusCode.Conflict, "plan-full");
        Assert.Equal(["#/billingPlanId"], Pointers(
            (await Post(two, "plan", new JsonObject { ["billingPlanId"] = "gold" })).IsProblem(HttpStatusCode.BadRequest, "invalid-request")));
        Assert.Equal(["#/billingPlanId"], Pointers((await Post(two, "plan", [])).IsProblem(HttpStatusCode.BadRequest, "invalid-request")));
        Assert.Empty(await Audit(two));
    }

    [Fact]
    public async Task A_resource_that_the_provider_deletes_is_gone_everywhere_and_billed_until_then()
    {
        var tool = await acme.Provision(await acme.Install());
        Assert.Equal(["#/reason"], Pointers((await Post(tool, "delete", [])).IsProblem(HttpStatusCode.BadRequest, "invalid-request")));

        var gone = (await Post(tool, "delete", Reason("The contract has ended."))).Is(HttpStatusCode.OK);
        await acme.Work();
        await acme.Vercel.Settle(Cancel);

        Assert.Equal("uninstalled", Text(gone, "status"));
        Assert.False(acme.Workshop.Holds(tool.Id));
        Assert.NotNull(AtVercel(tool).DeletedAt);
        Assert.DoesNotContain(acme.Vercel.State.Findings, finding => finding.ToString().Contains(tool.Installation, StringComparison.Ordinal));
        Assert.All(await acme.PlanPeriods(tool), line => Assert.Equal(3, line.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length));
        Assert.Equal("resource.Uninstalled delete resource: The contract has ended.", (await Audit(tool))[0]);

        // Again it is the same, and nothing else can be done to it.
        (await Post(tool, "delete", Reason("Once more."))).Is(HttpStatusCode.OK);
        (await Post(tool, "suspend", Reason("Abuse."))).IsProblem(HttpStatusCode.Conflict, "resource-uninstalled");
        (await SetStatus(tool, "ready")).IsProblem(HttpStatusCode.Conflict, "resource-uninstalled");
        (await Call(HttpMethod.Patch, tool, "", new JsonObject { ["name"] = "x" })).IsProblem(HttpStatusCode.Conflict, "resource-uninstalled");
        Assert.Single(await Audit(tool), line => line.StartsWith("resource.Uninstalled", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_is_not_there_is_not_found_and_a_key_needs_the_scope()
    {
        var tool = await acme.Provision(await acme.Install());
        var key = await acme.NewProviderKey("resources:write");
        foreach (var path in new[] { $"/installations/{tool.Installation}/resources/res_none", $"/installations/icfg_none/resources/{tool.Id}" })
        {
            (await acme.Provide(HttpMethod.Post, $"{path}/suspend", key, Reason("Abuse."), idempotencyKey: "k")).IsProblem(HttpStatusCode.NotFound, "not-found");
            (await acme.Provide(HttpMethod.Patch, path, key, new JsonObject { ["name"] = "x" })).IsProblem(HttpStatusCode.NotFound, "not-found");
            (await acme.Provide(HttpMethod.Post, $"{path}/delete", key, Reason("Over."))).IsProblem(HttpStatusCode.NotFound, "not-found");
        }

        (await acme.Provide(HttpMethod.Post, $"{PathOf(tool)}/suspend", await acme.NewProviderKey("resources:read"), Reason("Abuse.")))
            .IsProblem(HttpStatusCode.Forbidden, "insufficient-scope");
        Assert.Equal(["#/status"], Pointers((await SetStatus(tool, "suspended")).IsProblem(HttpStatusCode.BadRequest, "invalid-request")));
        Assert.Equal(["#/reason"], Pointers((await SetStatus(tool, "error")).IsProblem(HttpStatusCode.BadRequest, "invalid-request")));
    }

    private static string PathOf(Provisioned tool) => $"/installations/{tool.Installation}/resources/{tool.Id}";

    private static string Text(JsonNode node, string name) => node[name]!.GetValue<string>();

    private static IEnumerable<string> Pointers(JsonNode problem) => problem["errors"]!.AsArray().Select(error => Text(error!, "pointer"));

    private static JsonObject Reason(string reason) => new() { ["reason"] = reason };

    private Task<Answer> SetStatus(Provisioned tool, string status, string? reason = null)
    {
        var body = new JsonObject { ["status"] = status };
        if (reason is not null)
            body["reason"] = reason;
        return Call(HttpMethod.Put, tool, "/status", body);
    }

    private Task<Answer> Post(Provisioned tool, string what, JsonObject? body = null) => Call(HttpMethod.Post, tool, $"/{what}", body);

    private async Task<Answer> Call(HttpMethod method, Provisioned tool, string rest, JsonObject? body) =>
        await acme.Provide(method, PathOf(tool) + rest, await acme.NewProviderKey("resources:write"), body);

    private Marketplace.Simulator.Resources.Resource AtVercel(Provisioned tool) =>
        acme.Vercel.State.Installations[tool.Installation].Resources[tool.Id];

    private (string? Status, string? Message) Shown(Provisioned tool)
    {
        var resource = AtVercel(tool);
        return (resource.Status, resource.Notification?.GetProperty("message").GetString());
    }

    /// <summary>What was done by a key of the Provider API.</summary>
    private Task<IReadOnlyList<string>> Audit(Provisioned tool) =>
        acme.AskAll<string>(
            "select kind || ' ' || cause from domain_event where installation_id = $1 and resource_id = $2 and actor like 'key:key_%' order by event_id",
            tool.Installation, tool.Id);

    private async Task TellsNoDrift(Provisioned tool)
    {
        var drift = (await acme.Provide(HttpMethod.Get, $"/installations/{tool.Installation}/drift", await acme.NewProviderKey("outbox:read"))).Is(HttpStatusCode.OK);
        Assert.DoesNotContain(tool.Id, drift.ToJsonString(), StringComparison.Ordinal);
    }

    private async Task Suspend(Provisioned tool, SuspensionCause cause, string reason)
    {
        var (installation, writes) = (new InstallationId(tool.Installation), new Writes());
        await using var connection = await acme.Server.Services.GetRequiredService<NpgsqlDataSource>().OpenConnectionAsync(Cancel);
        await using var transaction = await connection.BeginTransactionAsync(Cancel);
        var resource = await ResourceRows.LoadForUpdate(transaction, installation, new ResourceId(tool.Id), Cancel);
        ResourceSuspension.Suspend(
            writes, acme.Server.Services.GetRequiredService<Fulfilment>(), installation, resource!, cause, reason, Actor.Worker("test"), acme.Now);
        await writes.Commit(transaction, Cancel);
    }
}
