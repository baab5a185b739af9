using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Marketplace.Simulator.Resources;
using Marketplace.Simulator.Secrets;

namespace Marketplace.Integration.Resync;

/// <summary>
/// Whatever Vercel has come to believe, after a resync it has what we hold: secrets, status, plan, name, metadata, notification. Contract §D.1,
/// §D.4, §D.5.
/// </summary>
public sealed class ResyncTests(Acme acme) : IClassFixture<Acme>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Secrets_that_name_a_dropped_database_are_replaced_and_connected_projects_have_the_right_variables()
    {
        var tool = await acme.Provision(await acme.Install(), metadata: new JsonObject { ["workers"] = 2 });
        await Notify(tool, "warn", "Maintenance on Sunday");
        await acme.Work("outbox");
        var project = acme.Customer.CreateProject(acme.Vercel.State.Installations[tool.Installation].AccountId, "shop");
        acme.Customer.Connect(tool.Installation, tool.Id, project.Id);
        var right = AtVercel(tool);
        var drifted = right with
        {
            Name = "another",
            Status = "suspended",
            Metadata = JsonElement.Parse("""{"workers": 7}"""),
            Notification = JsonElement.Parse("""{"level": "error", "title": "Lost"}"""),
            BillingPlan = JsonElement.Parse("""{"id": "team", "type": "subscription", "name": "Team"}"""),
            Secrets = [new Secret("ACME_KEY", "key-of-a-dropped-one"), new Secret("OLD_URL", "https://dropped.example.test")],
        };
        Set(tool, drifted);
        Assert.Equal("key-of-a-dropped-one", Variable(project.Id, "ACME_KEY"));

        var answer = (await Resync(tool)).Is(HttpStatusCode.Accepted);
        await acme.Work();
        await acme.Vercel.Settle(Cancel);

        var queued = Assert.Single(answer["queued"]!.AsArray())!;
        Assert.Equal(("resource_sync", tool.Id, true), (Text(queued, "kind"), Text(queued, "resource"), queued["secrets"]!.GetValue<bool>()));
        var seen = (await acme.Provide(HttpMethod.Get, Text(queued, "seeAt")["/provider/v1".Length..], await acme.NewProviderKey("outbox:read"))).Is(HttpStatusCode.OK);
        Assert.Equal("delivered", Text(seen, "state"));

        // At once, and not only when Vercel comes to read it.
        var pushed = acme.Vercel.Calls.Last(call => call.Method == "PATCH" && call.Path.EndsWith(tool.Id, StringComparison.Ordinal));
        Assert.Equal(
            ["billingPlan", "metadata", "name", "notification", "secrets", "status"],
            pushed.Body.EnumerateObject().Select(field => field.Name).Order(StringComparer.Ordinal));
        var now = AtVercel(tool);
        Assert.Equal((right.Name, right.Status, right.BillingPlanId), (now.Name, now.Status, now.BillingPlanId));
        Assert.True(JsonElement.DeepEquals(right.Metadata!.Value, now.Metadata!.Value));
        Assert.Equal("Maintenance on Sunday", now.Notification!.Value.GetProperty("title").GetString());
        Assert.Equal(["ACME_KEY", "ACME_URL"], now.Secrets.Select(secret => secret.Name).Order(StringComparer.Ordinal));
        Assert.Equal(tool.Secret(), Variable(project.Id, "ACME_KEY"));
        Assert.Equal(tool.Secret("ACME_URL"), Variable(project.Id, "ACME_URL"));
        Assert.Null(Variable(project.Id, "OLD_URL"));
        Assert.Equal("resync.Requested", await acme.Ask<string>(
            "select kind from domain_event where installation_id = $1 and resource_id = $2 and detail ->> 'reason' = 'a complaint' and actor like 'key:%'",
            tool.Installation, tool.Id));
    }

    [Fact]
    public async Task An_installation_is_resynced_with_all_that_lives_in_it()
    {
        var installation = await acme.Install();
        var (one, two, gone) = (await acme.Provision(installation, "one"), await acme.Provision(installation, "two"), await acme.Provision(installation, "gone"));
        await acme.Customer.DeleteResource(installation, gone.Id, Cancel);
        (await acme.Provide(
            HttpMethod.Put, $"/installations/{installation}/notification", await acme.NewProviderKey("notifications:write"),
            new JsonObject { ["level"] = "info", ["title"] = "Hello" })).Is(HttpStatusCode.OK);
        await acme.Work();
        acme.Vercel.Change(state => state.With(state.Installations[installation] with { Notification = null }));
        foreach (var tool in new[] { one, two })
            Set(tool, AtVercel(tool) with { Secrets = [] });

        var answer = (await Resync($"/installations/{installation}/resync", null)).Is(HttpStatusCode.Accepted);
        // Asked again while it waits, it is the same.
        var again = (await Resync($"/installations/{installation}/resync", null)).Is(HttpStatusCode.Accepted);
        await acme.Work();
        await acme.Vercel.Settle(Cancel);

        Assert.True(JsonNode.DeepEquals(answer, again));
        Assert.Equal(
            [("installation_sync", null), ("resource_sync", one.Id), ("resource_sync", two.Id)],
            answer["queued"]!.AsArray().Select(message => (Text(message!, "kind"), message!["resource"]?.GetValue<string>())));
        Assert.Equal("Hello", acme.Vercel.State.Installations[installation].Notification!.Value.GetProperty("title").GetString());
        Assert.All([one, two], tool => Assert.Equal(tool.Secret(), AtVercel(tool).Secrets.Find(secret => secret.Name == "ACME_KEY")!.Value));
        Assert.DoesNotContain(acme.Vercel.State.Findings, finding => finding.ToString().Contains(installation, StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_lives_here_and_Vercel_does_not_know_is_said_and_put_there_when_that_is_asked_for()
    {
        var tool = await acme.Provision(await acme.Install(), metadata: new JsonObject { ["workers"] = 2 });
        var right = AtVercel(tool);
        acme.Vercel.Change(state => state.With(state.Installations[tool.Installation] with
        {
            Resources = state.Installations[tool.Installation].Resources.Remove(tool.Id),
        }));

        var said = (await Resync(tool)).Is(HttpStatusCode.Accepted);
        await acme.Work();
        var dead = await Message(said);
        Assert.Equal("dead", Text(dead, "state"));
        Assert.Contains("--import", Text(dead, "lastError"), StringComparison.Ordinal);
        Assert.False(acme.Vercel.State.Installations[tool.Installation].Resources.ContainsKey(tool.Id));

        said = (await Resync(tool, new JsonObject { ["import"] = true })).Is(HttpStatusCode.Accepted);
        await acme.Work();
        await acme.Vercel.Settle(Cancel);

        Assert.Equal("delivered", Text(await Message(said), "state"));
        var now = AtVercel(tool);
        Assert.Equal((right.Name, right.Status, right.BillingPlanId, "owned"), (now.Name, now.Status, now.BillingPlanId, now.Ownership));
        Assert.Equal(tool.Secret(), now.Secrets.Find(secret => secret.Name == "ACME_KEY")!.Value);
    }

    [Fact]
    public async Task What_is_gone_here_and_Vercel_has_still_is_deleted_there_when_that_is_asked_for()
    {
        var tool = await acme.Provision(await acme.Install());
        var atVercel = AtVercel(tool);
        await acme.Customer.DeleteResource(tool.Installation, tool.Id, Cancel);
        await acme.Work();
        Set(tool, atVercel);
        Set(tool with { Json = new JsonObject { ["id"] = "res_unheard" } }, atVercel with { Id = "res_unheard" });

        (await Resync(tool)).IsProblem(HttpStatusCode.Conflict, "resource-uninstalled");
        (await Resync($"/installations/{tool.Installation}/resources/res_unheard/resync", null)).IsProblem(HttpStatusCode.NotFound, "not-found");
        (await Resync(tool, new JsonObject { ["remove"] = true })).Is(HttpStatusCode.Accepted);
        var said = (await Resync($"/installations/{tool.Installation}/resources/res_unheard/resync", new JsonObject { ["remove"] = true })).Is(HttpStatusCode.Accepted);
        await acme.Work();

        Assert.Equal("delivered", Text(await Message(said), "state"));
        Assert.All(
            [tool.Id, "res_unheard"], id => Assert.NotNull(acme.Vercel.State.Installations[tool.Installation].Resources[id].DeletedAt));
        // Vercel has it no more: that is what was wanted.
        said = (await Resync(tool, new JsonObject { ["remove"] = true })).Is(HttpStatusCode.Accepted);
        await acme.Work();
        Assert.Equal("delivered", Text(await Message(said), "state"));
    }

    [Fact]
    public async Task What_lives_here_is_never_deleted_by_a_resync()
    {
        var tool = await acme.Provision(await acme.Install());
        (await Resync(tool, new JsonObject { ["remove"] = true })).Is(HttpStatusCode.Accepted);
        (await Resync($"/installations/{tool.Installation}/resync", new JsonObject { ["remove"] = true })).Is(HttpStatusCode.Accepted);
        // By hand, or because it came back after it was asked for.
        await acme.Execute(
            "insert into outbox_message (installation_id, resource_id, kind, created_at, due_at) values ($1, $2, 'resource_removal', $3, $3)",
            tool.Installation, tool.Id, acme.Now);
        await acme.Work();

        Assert.Null(AtVercel(tool).DeletedAt);
        Assert.DoesNotContain(acme.Vercel.Calls, call => call.Method == "DELETE" && call.Path.Contains(tool.Id, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Secrets_that_are_told_once_are_left_as_they_are()
    {
        var key = await acme.Provision(await acme.Install(), "key");
        await acme.Execute("update secret_generation set secrets = null where resource_id = $1", key.Id);
        var before = AtVercel(key).Secrets;

        var said = (await Resync(key)).Is(HttpStatusCode.Accepted);
        await acme.Work();

        Assert.False(said["queued"]![0]!["secrets"]!.GetValue<bool>());
        Assert.Equal("delivered", Text(await Message(said), "state"));
        Assert.Equal(before, AtVercel(key).Secrets);
    }

    [Fact]
    public async Task Nothing_is_resynced_that_is_not_there()
    {
        var installation = await acme.Install();
        (await Resync("/installations/icfg_none/resync", null)).IsProblem(HttpStatusCode.NotFound, "not-found");
        await acme.Customer.Uninstall(installation, Cancel);
        (await Resync($"/installations/{installation}/resync", null)).IsProblem(HttpStatusCode.Conflict, "installation-uninstalled");
        (await acme.Provide(HttpMethod.Post, $"/installations/{installation}/resync", await acme.NewProviderKey("outbox:read")))
            .IsProblem(HttpStatusCode.Forbidden, "insufficient-scope");
    }

    private static string Text(JsonNode node, string name) => node[name]!.GetValue<string>();

    private Task<Answer> Resync(Provisioned tool, JsonObject? body = null) =>
        Resync($"/installations/{tool.Installation}/resources/{tool.Id}/resync", body ?? new JsonObject { ["reason"] = "a complaint" });

    private async Task<Answer> Resync(string path, JsonObject? body) =>
        await acme.Provide(HttpMethod.Post, path, await acme.NewProviderKey("outbox:write"), body);

    private async Task<JsonNode> Message(JsonNode said) => (await acme.Provide(
        HttpMethod.Get, Text(said["queued"]!.AsArray()[^1]!, "seeAt")["/provider/v1".Length..], await acme.NewProviderKey("outbox:read"))).Is(HttpStatusCode.OK);

    private async Task Notify(Provisioned tool, string level, string title) => (await acme.Provide(
        HttpMethod.Put, $"/installations/{tool.Installation}/resources/{tool.Id}/notification", await acme.NewProviderKey("notifications:write"),
        new JsonObject { ["level"] = level, ["title"] = title })).Is(HttpStatusCode.OK);

    private Resource AtVercel(Provisioned tool) => acme.Vercel.State.Installations[tool.Installation].Resources[tool.Id];

    /// <summary>Vercel has come to believe this.</summary>
    private void Set(Provisioned tool, Resource resource) =>
        acme.Vercel.Change(state => state.With(state.Installations[tool.Installation].With(resource)));

    private string? Variable(string project, string name) =>
        acme.Customer.Variables(project, "production").FirstOrDefault(variable => variable.Name == name)?.Value;
}
