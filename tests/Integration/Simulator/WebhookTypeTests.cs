using System.Text.Json.Nodes;
using Marketplace.Simulator.Tokens;

namespace Marketplace.Integration.Simulator;

/// <summary>What each action of a customer tells the provider. Source: the table of contract §F.</summary>
public sealed class WebhookTypeTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_member_who_comes_changes_and_leaves_is_told_with_the_role_that_holds_from_then_on()
    {
        await using var scene = await Scene.Set();
        var dashboard = scene.Vercel.Dashboard;

        var person = dashboard.AddMember(scene.AccountId, PersonRole.User, "Ned New", "ned@example.com");
        dashboard.ChangeRole(scene.AccountId, person.UserId, PersonRole.Admin);
        Assert.Equal("ADMIN", (string?)(await scene.Call(HttpMethod.Get, $"/member/{person.UserId}")).Body!["role"]);
        dashboard.RemoveMember(scene.AccountId, person.UserId);

        var told = await Told(scene, "marketplace.member.changed");
        Assert.Equal(["USER", "ADMIN", "NONE"], told.Select(payload => (string?)payload["role"]));
        Assert.All(told, payload => Assert.Equal(
            (person.UserId, person.GlobalUserId, "ned@example.com", scene.InstallationId, scene.InstallationId),
            ((string?)payload["memberId"], (string?)payload["globalUserId"], (string?)payload["userEmail"], (string?)payload["installationId"],
                (string?)payload["configuration"]!["id"])));
        Assert.Equal(404, (await scene.Call(HttpMethod.Get, $"/member/{person.UserId}")).Status);
    }

    [Fact]
    public async Task A_team_keeps_somebody_who_may_install()
    {
        await using var scene = await Scene.Set();
        var admin = scene.Vercel.State.Teams[scene.AccountId].Admin;

        Assert.Throws<InvalidOperationException>(() => scene.Vercel.Dashboard.RemoveMember(scene.AccountId, admin.UserId));
        Assert.Throws<InvalidOperationException>(() => scene.Vercel.Dashboard.ChangeRole(scene.AccountId, admin.UserId, PersonRole.User));
    }

    [Fact]
    public async Task A_disconnection_names_the_project_by_its_id()
    {
        await using var scene = await Scene.Set();
        var shop = scene.Vercel.Dashboard.CreateProject(scene.AccountId, "shop");
        scene.Vercel.Dashboard.Connect(scene.InstallationId, scene.ResourceId, shop.Id);

        scene.Vercel.Dashboard.Disconnect(scene.InstallationId, scene.ResourceId, shop.Id);

        var payload = Assert.Single(await Told(scene, "integration-resource.project-disconnected"));
        Assert.Equal(shop.Id, (string?)payload["project"]!["id"]);
        Assert.False(payload["project"]!.AsObject().ContainsKey("name"));
        Assert.Equal(scene.ResourceId, (string?)payload["resourceId"]);
    }

    [Fact]
    public async Task Other_scopes_are_told_by_webhook_and_sent_with_a_new_token()
    {
        await using var scene = await Scene.Set();
        var before = scene.Installation.Tokens.Count;

        await scene.Vercel.Dashboard.ConfirmScopes(scene.InstallationId, ["read-write:marketplace", "read:project"], Cancel);

        var payload = Assert.Single(await Told(scene, "integration-configuration.scope-change-confirmed"));
        Assert.Equal(["read-write:marketplace", "read:project"], payload["configuration"]!["scopes"]!.AsArray().Select(scope => (string?)scope));
        var upsert = JsonNode.Parse(scene.Provider.Requests.Last().Body)!;
        Assert.Equal(2, upsert["scopes"]!.AsArray().Count);
        Assert.Equal(before + 1, scene.Installation.Tokens.Count);
    }

    [Fact]
    public async Task Other_projects_are_told_as_added_and_removed()
    {
        await using var scene = await Scene.Set();
        scene.Vercel.Dashboard.SelectProjects(scene.InstallationId, ["prj_1", "prj_2"]);
        scene.Vercel.Dashboard.SelectProjects(scene.InstallationId, ["prj_2", "prj_3"]);
        scene.Vercel.Dashboard.SelectProjects(scene.InstallationId, null);

        var told = await Told(scene, "integration-configuration.permission-upgraded");

        Assert.Equal(["selected", "selected", "all"], told.Select(payload => (string?)payload["configuration"]!["projectSelection"]));
        Assert.Equal("prj_3", (string?)Assert.Single(told[1]["projects"]!["added"]!.AsArray()));
        Assert.Equal("prj_1", (string?)Assert.Single(told[1]["projects"]!["removed"]!.AsArray()));
    }

    [Fact]
    public async Task A_whole_installation_goes_to_another_team_and_its_token_stays_good()
    {
        await using var scene = await Scene.Set();
        var fox = scene.Vercel.Dashboard.CreateTeam("Red Fox");
        var token = scene.Installation.Tokens[^1].Value;

        scene.Vercel.Dashboard.TransferInstallation(scene.InstallationId, fox.AccountId);

        var payload = Assert.Single(await Told(scene, "integration-configuration.transferred"));
        Assert.Equal(
            ($"team_{scene.AccountId}", scene.AccountId, $"team_{fox.AccountId}", fox.AccountId),
            ((string?)payload["previousTeamId"], (string?)payload["previousAccountId"], (string?)payload["newTeamId"], (string?)payload["newAccountId"]));
        var (status, account) = await scene.Call(HttpMethod.Get, "/account", token: token);
        Assert.Equal((200, "Red Fox"), (status, (string?)account!["name"]));
        Assert.NotNull(scene.Installation.Find(scene.ResourceId));
    }

    [Fact]
    public async Task An_installation_does_not_go_where_there_is_one_already()
    {
        await using var scene = await Scene.Set();
        var fox = scene.Vercel.Dashboard.CreateTeam("Red Fox");
        await scene.Vercel.Dashboard.Install(fox.AccountId, Cancel);

        Assert.Throws<InvalidOperationException>(() => scene.Vercel.Dashboard.TransferInstallation(scene.InstallationId, fox.AccountId));
    }

    [Fact]
    public async Task An_installation_that_is_gone_is_told_at_its_end()
    {
        await using var scene = await Scene.Set();
        await scene.Vercel.Dashboard.Uninstall(scene.InstallationId, Cancel);
        Assert.Empty(await Told(scene, "integration-configuration.removed"));

        Assert.Equal(204, (await scene.Call(HttpMethod.Post, "/billing/finalize")).Status);

        var payload = Assert.Single(await Told(scene, "integration-configuration.removed"));
        Assert.Equal("all", (string?)payload["configuration"]!["projectSelection"]);
        Assert.Empty(payload["configuration"]!["projects"]!.AsArray());
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
