using System.Text.Json.Nodes;
using Marketplace.Simulator.Dashboard;
using Marketplace.Simulator.Tokens;

namespace Marketplace.Integration.ProviderEvents;

/// <summary>What the provider's backend hears of what happens: each once, in order, with ids and what changed.</summary>
public sealed class ProviderEventTests : IAsyncLifetime
{
    private Backend backend = null!;
    private Acme acme = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        backend = await Backend.Start(Cancel);
        acme = await Acme.Open(new AcmeOptions { Settings = backend.Settings });
    }

    public async ValueTask DisposeAsync()
    {
        await acme.DisposeAsync();
        await backend.DisposeAsync();
    }

    [Fact]
    public async Task A_whole_life_is_told_from_the_installation_to_its_end()
    {
        acme.Workshop.Count("tool", 0);
        var tool = await acme.Provision(await acme.Install());
        var id = tool.Installation;
        Done(await acme.Customer.Rename(id, tool.Id, "renamed", Cancel));
        Done(await acme.Customer.ChangePlan(id, tool.Id, "free", Cancel));
        Done(await acme.Customer.ChangePlan(id, tool.Id, "pro", Cancel));
        Done(await acme.Customer.Rotate(id, tool.Id, delayHours: 2, Cancel));
        await acme.WorkOff();
        var project = acme.Customer.CreateProject(acme.Vercel.State.Installations[id].AccountId, "shop");
        acme.Customer.Connect(id, tool.Id, project.Id);
        await acme.Vercel.Settle(Cancel);
        acme.Workshop.Count("renamed", 2000);
        await acme.Live(acme.Now.AddHours(3));
        acme.Customer.Disconnect(id, tool.Id, project.Id);
        await acme.Vercel.Settle(Cancel);
        await acme.WorkOff();
        Done(await acme.Customer.Uninstall(id, Cancel));
        await acme.WorkOff();
        await acme.Live(acme.Now.AddMinutes(61));

        Assert.Equal(
            [
                "installation.installed", "resource.provisioned", "resource.renamed", "resource.plan_changed", "resource.plan_changed",
                "resource.secrets_rotated", "project.connected", "project.disconnected", "installation.uninstalling", "resource.uninstalled",
                "resource.deprovisioned", "invoice.submitted", "invoice.paid", "installation.finalized",
            ],
            backend.TypesOf(id));
        Assert.Empty(backend.Forged);
        Assert.Equal(backend.Attempts.Count, backend.Attempts.Select(one => one.Id).Distinct().Count());
        var told = backend.TakenOf(id).ToDictionary(one => one.Type + (one.Type == "resource.plan_changed" ? one.Data["planId"] : ""));
        Says(told["resource.provisioned"], new JsonObject { ["resourceId"] = tool.Id, ["productId"] = "acme-tools", ["planId"] = "pro" });
        Says(told["resource.renamed"], new JsonObject { ["resourceId"] = tool.Id, ["previousName"] = "tool", ["name"] = "renamed" });
        Says(told["resource.plan_changedfree"], new JsonObject { ["resourceId"] = tool.Id, ["previousPlanId"] = "pro", ["planId"] = "free" });
        Says(told["project.connected"], new JsonObject { ["resourceId"] = tool.Id, ["projectId"] = project.Id });
        var invoice = Assert.Single(acme.Vercel.State.Installations[id].Invoices);
        Says(told["invoice.submitted"], new JsonObject { ["invoiceId"] = invoice.ExternalId, ["vercelInvoiceId"] = invoice.Id });
        Assert.All(told.Values, one => Assert.Equal(1, one.Json["version"]!.GetValue<int>()));
        Assert.Equal(
            (await acme.AskAll<DateTime>("select occurred_at from domain_event where installation_id = $1 and kind = 'resource.Renamed'", id)).Single(),
            told["resource.renamed"].Json["timestamp"]!.GetValue<DateTime>());
    }

    [Fact]
    public async Task What_is_told_has_no_secret_in_it_and_no_address()
    {
        var tool = await acme.Provision(await acme.Install());
        var before = tool.Secret();
        var rotated = await acme.Customer.Rotate(tool.Installation, tool.Id, null, Cancel);
        var after = Provisioned.Secrets(JsonNode.Parse(rotated.Body)!["secrets"]!)["ACME_KEY"];
        Done(await acme.Customer.DeleteResource(tool.Installation, tool.Id, Cancel));
        await acme.WorkOff();

        Assert.Contains("resource.secrets_rotated", backend.TypesOf(tool.Installation));
        Assert.All(backend.Attempts, one => Assert.DoesNotMatch($"{before}|{after}|@|Bearer|token", one.Json.ToJsonString()));
    }

    [Fact]
    public async Task A_resource_that_changes_hands_is_told_to_both_sides()
    {
        var (tool, other) = (await acme.Provision(await acme.Install()), await acme.Install());
        var exchanges = await acme.Customer.Transfer(tool.Installation, other, [tool.Id], Cancel);
        Assert.All(exchanges, Done);
        await acme.WorkOff();

        var left = backend.TakenOf(tool.Installation).Single(one => one.Type == "resource.transferred_out");
        var arrived = backend.TakenOf(other).Single(one => one.Type == "resource.transferred_in");
        Assert.Equal((tool.Id, other), (left.Data["resourceId"]!.GetValue<string>(), left.Data["toInstallationId"]!.GetValue<string>()));
        Assert.Equal(
            (tool.Id, tool.Installation, "pro"),
            (arrived.Data["resourceId"]!.GetValue<string>(), arrived.Data["fromInstallationId"]!.GetValue<string>(), arrived.Data["planId"]!.GetValue<string>()));
        Assert.Equal(left.Data["claimId"]!.GetValue<string>(), arrived.Data["claimId"]!.GetValue<string>());
        Assert.DoesNotContain("resource.uninstalled", backend.TypesOf(tool.Installation));
    }

    [Fact]
    public async Task A_provision_that_cannot_be_done_is_told_with_the_reason()
    {
        var installation = await acme.Install();
        acme.Workshop.Plan("Provision", "broken", new WorkshopEvent.Refuses("no room left"));
        await acme.Customer.Provision(installation, "acme-tools", "broken", "pro", [], Cancel);
        await acme.WorkOff();

        var failed = Assert.Single(backend.TakenOf(installation), one => one.Type == "resource.provisioning_failed");
        Assert.Equal("no room left", failed.Data["reason"]!.GetValue<string>());
    }

    [Fact]
    public async Task Somebody_who_leaves_the_team_is_told_by_Vercels_id_of_the_person()
    {
        var installation = await acme.Install();
        var account = acme.Vercel.State.Installations[installation].AccountId;
        var member = acme.Customer.AddMember(account, PersonRole.User);
        acme.Pass(TimeSpan.FromMinutes(1));
        acme.Customer.RemoveMember(account, member.UserId);
        await acme.Vercel.Settle(Cancel);
        await acme.WorkOff();

        var removed = Assert.Single(backend.TakenOf(installation), one => one.Type == "member.removed");
        Says(removed, new JsonObject { ["userId"] = member.UserId });
    }

    private static void Says(Heard one, JsonObject data) =>
        Assert.True(JsonNode.DeepEquals(data, one.Data), $"{one.Json.ToJsonString()} does not say {data.ToJsonString()}");

    private static void Done(Exchange exchange) => Assert.True(exchange is { IsSuccess: true, Findings.IsEmpty: true }, exchange.ToString());
}
