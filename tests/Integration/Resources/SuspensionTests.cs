using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Marketplace.Core.Installations;
using Marketplace.Core.Resources;
using Marketplace.Shell.Audit;
using Marketplace.Shell.Persistence;
using Marketplace.Shell.Provisioning;
using Marketplace.Shell.Resources;
using Marketplace.Simulator.Api;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Marketplace.Integration.Resources;

/// <summary>A resource is out of service while any cause holds, really and for everybody to see. Contract §C.2, §E.14.</summary>
[Collection(SharedAcme.Name)]
public sealed class SuspensionTests(Acme acme)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Service_is_cut_for_real_and_Vercel_shows_why_until_the_last_cause_is_gone()
    {
        var tool = await acme.Provision(await acme.Install());
        var key = tool.Json["secrets"]![0]!["value"]!.GetValue<string>();
        Assert.True(acme.Workshop.Opens(key));

        await Suspend(tool, SuspensionCause.NonPayment, "An invoice is not paid.");
        await acme.Work();
        Assert.False(acme.Workshop.Opens(key));
        Assert.Equal(("suspended", "An invoice is not paid."), Shown(tool));

        // A second cause cuts nothing more; when the first one is gone, the second still holds.
        await Suspend(tool, SuspensionCause.EmptyBalance, "The balance is used up.");
        await acme.Work();
        Assert.Equal(("suspended", "An invoice is not paid. The balance is used up."), Shown(tool));
        await Resume(tool, SuspensionCause.NonPayment);
        await acme.Work();
        Assert.False(acme.Workshop.Opens(key));
        Assert.Equal(("suspended", "The balance is used up."), Shown(tool));

        await Resume(tool, SuspensionCause.EmptyBalance);
        await acme.Work();
        Assert.True(acme.Workshop.Opens(key));
        Assert.Equal(("resumed", null), Shown(tool));
        Assert.Equal(["Provision", "Suspend", "Resume"], acme.Workshop.Calls(tool.Id));
        Assert.Equal(
            ["resource.Suspended", "resource.Suspended", "resource.SuspensionEased", "resource.Resumed"],
            await acme.AskAll<string>(
                "select kind from domain_event where resource_id = $1 and (kind like '%uspen%' or kind like '%esumed') order by event_id", tool.Id));
    }

    [Fact]
    public async Task While_it_is_suspended_every_call_says_no_that_would_give_service_or_change_what_is_paid_for()
    {
        var tool = await acme.Provision(await acme.Install());
        var (path, admin) = (tool.Path, acme.Admin(tool.Installation));
        await Suspend(tool, SuspensionCause.NonPayment, "An invoice is not paid.");
        await acme.Work();

        foreach (var change in new JsonObject[]
        {
            new() { ["metadata"] = new JsonObject { ["workers"] = 2 } },
            new() { ["billingPlanId"] = "team" },
            new() { ["status"] = "ready" },
            new() { ["status"] = "resumed" },
            new() { ["name"] = "renamed", ["billingPlanId"] = "team" },
        })
        {
            Assert.Contains("suspended", Advice(await acme.Patch(path, admin, change)), StringComparison.Ordinal);
        }

        Assert.Contains("suspended", Advice(await acme.Post($"{path}/secrets/rotate", admin, new JsonObject())), StringComparison.Ordinal);
        Assert.Contains("suspended", Advice(await acme.Post($"{path}/repl", admin, new JsonObject { ["input"] = "list" })), StringComparison.Ordinal);
        var read = (await acme.Get(path, acme.System(tool.Installation))).Is(HttpStatusCode.OK);
        Assert.Equal(
            ("suspended", "tool", "pro"),
            (read["status"]!.GetValue<string>(), read["name"]!.GetValue<string>(), read["billingPlan"]!["id"]!.GetValue<string>()));

        // What gives nothing is done: its name, the status and the plan that it has already, and its end.
        (await acme.Patch(path, admin, new JsonObject { ["name"] = "renamed", ["status"] = "suspended", ["billingPlanId"] = "pro" })).Is(HttpStatusCode.OK);
        (await acme.Get($"{path}/plans", acme.System(tool.Installation))).Is(HttpStatusCode.OK);
        (await acme.Delete(path, admin)).IsEmpty();

        static string Advice(Answer refused) => refused.IsConflict()["user"]!["message"]!.GetValue<string>();
    }

    [Fact]
    public async Task Saying_it_again_calls_nobody_again()
    {
        var tool = await acme.Provision(await acme.Install());
        await Resume(tool, SuspensionCause.NonPayment);
        await Suspend(tool, SuspensionCause.NonPayment, "Unpaid.");
        await Suspend(tool, SuspensionCause.NonPayment, "Unpaid.");
        await acme.Work();
        await Suspend(tool, SuspensionCause.NonPayment, "Unpaid.");
        await Resume(tool, SuspensionCause.Provider);
        await acme.Work();

        Assert.Equal(["Provision", "Suspend"], acme.Workshop.Calls(tool.Id));
        Assert.Single(acme.Vercel.Calls, call => IsUpdateOf(tool)(call));
    }

    [Fact]
    public async Task It_is_told_as_resumed_when_it_works_again_and_not_before()
    {
        var tool = await acme.Provision(await acme.Install(), "slow-to-wake");
        await Suspend(tool, SuspensionCause.NonPayment, "Unpaid.");
        await acme.Work();

        acme.Workshop.Plan("Resume", "slow-to-wake", new WorkshopEvent.Fails());
        await Resume(tool, SuspensionCause.NonPayment);
        await acme.Work("operations", "outbox");
        Assert.Equal("suspended", Shown(tool).Status);

        await acme.TryAgainNow(tool);
        await acme.Work();
        Assert.Equal("resumed", Shown(tool).Status);
    }

    [Fact]
    public async Task A_suspended_resource_that_Vercel_does_not_know_is_not_taken_down_for_it()
    {
        var tool = await acme.Provision(await acme.Install());
        acme.Vercel.Disturbances.Plan(
            HttpMethod.Patch, $"{tool.Installation}/resources/{tool.Id}", Disturbance.Fails(404), times: 3);
        await Suspend(tool, SuspensionCause.NonPayment, "Unpaid.");
        for (var looks = 0; looks < 3; looks++)
        {
            await acme.Work("operations", "outbox");
            acme.Pass(TimeSpan.FromMinutes(59));
        }

        Assert.True(acme.Workshop.Holds(tool.Id));
        Assert.Equal("dead", await acme.Ask<string>(
            "select state from outbox_message where installation_id = $1 and kind = 'resource_status'", tool.Installation));
    }

    private Task Suspend(Provisioned tool, SuspensionCause cause, string reason) => Decide(tool, (writes, resource) =>
        ResourceSuspension.Suspend(
            writes, Fulfilment, new InstallationId(tool.Installation), resource, cause, reason, Actor.Worker("test"), acme.Now));

    private Task Resume(Provisioned tool, SuspensionCause cause) => Decide(tool, (writes, resource) =>
        ResourceSuspension.Resume(writes, Fulfilment, new InstallationId(tool.Installation), resource, cause, Actor.Worker("test"), acme.Now));

    private Fulfilment Fulfilment => acme.Server.Services.GetRequiredService<Fulfilment>();

    private async Task Decide(Provisioned tool, Action<Writes, Resource> decide)
    {
        await using var connection = await acme.Server.Services.GetRequiredService<NpgsqlDataSource>().OpenConnectionAsync(Cancel);
        await using var transaction = await connection.BeginTransactionAsync(Cancel);
        var resource = await ResourceRows.LoadForUpdate(
            transaction, new InstallationId(tool.Installation), new ResourceId(tool.Id), Cancel);
        var writes = new Writes();
        decide(writes, resource!);
        await writes.Commit(transaction, Cancel);
    }

    /// <summary>As the customer sees it in Vercel's dashboard.</summary>
    private (string Status, string? Message) Shown(Provisioned tool)
    {
        var shown = acme.Vercel.State.Installations[tool.Installation].Resources[tool.Id];
        return (shown.Status, shown.Notification is { ValueKind: JsonValueKind.Object } notification
            ? notification.GetProperty("message").GetString() : null);
    }

    private static Func<ApiCall, bool> IsUpdateOf(Provisioned tool) =>
        call => call.Method == "PATCH" && call.Path.EndsWith($"{tool.Installation}/resources/{tool.Id}", StringComparison.Ordinal);
}
