using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Marketplace.Simulator;

namespace Marketplace.Integration.Simulator;

/// <summary>Flags as items, and the config that deployments read. Source: contract D.11, §E.13.</summary>
public sealed class ExperimentationTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Items_are_created_replaced_updated_and_deleted()
    {
        await using var scene = await Scene.Set();

        Assert.Equal(204, (await Items(scene, Item("a"), Item("b"))).Status);
        Assert.Equal(204, (await Items(scene, Item("a", slug: "again"))).Status);
        Assert.Equal(204, (await scene.Call(HttpMethod.Patch, Path(scene, "/items/b"), JsonNode.Parse(
            """{"slug": "two", "origin": "https://acme.example/b", "category": "experiment", "isArchived": true}"""))).Status);

        var items = scene.Installation.Resources[scene.ResourceId].ExperimentationItems;
        Assert.Equal(("again", "two", true), (items["a"].Slug, items["b"].Slug, items["b"].IsArchived));
        Assert.Equal(204, (await scene.Call(HttpMethod.Delete, Path(scene, "/items/a"))).Status);
        Assert.Equal(404, (await scene.Call(HttpMethod.Delete, Path(scene, "/items/a"))).Status);
        Assert.Equal(404, (await scene.Call(HttpMethod.Patch, Path(scene, "/items/a"), JsonNode.Parse("""{"slug": "s", "origin": "o"}"""))).Status);
        Assert.Equal(404, (await scene.Call(HttpMethod.Post, "/resources/res_unknown/experimentation/items", new JsonObject { ["items"] = new JsonArray() })).Status);
    }

    [Fact]
    public async Task Items_come_by_fifty_at_most_and_within_their_lengths()
    {
        await using var scene = await Scene.Set();

        Assert.Equal(204, (await Items(scene, [.. Enumerable.Range(0, 50).Select(number => Item($"{number}"))])).Status);
        await Refused(scene, "items: must have at most 50 entries", [.. Enumerable.Range(0, 51).Select(number => Item($"{number}"))]);
        await Refused(scene, "items[0].id: must have at most 1024 characters", Item(new string('x', 1025)));
        await Refused(scene, "items[0].slug: must have at most 1024 characters", Item("a", slug: new string('x', 1025)));
        await Refused(scene, "items[1].id: appears twice", Item("a"), Item("a", slug: "other"));
        var category = Item("a");
        category["category"] = "toggle";
        await Refused(scene, "items[0].category: must be one of experiment, flag", category);
    }

    [Fact]
    public async Task A_config_is_written_and_read_with_its_digest_and_time()
    {
        await using var scene = await Opened();

        var (status, written) = await scene.Call(HttpMethod.Put, Path(scene, "/global-config"), Data("""{"b": 1, "a": {"on": true}}"""));

        Assert.Equal(200, status);
        Assert.True((bool)written!["items"]!["a"]!["on"]!);
        Assert.Equal(Scene.Start.ToUnixTimeMilliseconds(), (long?)written["updatedAt"]);
        Assert.Equal("experimentation", (string?)written["purpose"]);
        var (_, read) = await scene.Call(HttpMethod.Get, Path(scene, "/global-config"));
        Assert.True(JsonNode.DeepEquals(written, read));
        var (_, same) = await scene.Call(HttpMethod.Put, Path(scene, "/global-config"), Data("""{"a": {"on": true}, "b": 1}"""));
        Assert.Equal((string?)written["digest"], (string?)same!["digest"]);
        var (_, other) = await scene.Call(HttpMethod.Put, Path(scene, "/global-config"), Data("""{"a": {"on": false}}"""));
        Assert.NotEqual((string?)written["digest"], (string?)other!["digest"]);
        Assert.Null(other["items"]!["b"]);
    }

    [Fact]
    public async Task A_config_that_has_not_changed_is_not_sent_again()
    {
        await using var scene = await Opened();
        using var first = await scene.Http.SendAsync(scene.Request(HttpMethod.Get, Path(scene, "/global-config")), Cancel);
        var tag = first.Headers.ETag!;

        Assert.Equal(304, await Conditional(scene, HttpMethod.Get, headers => headers.IfNoneMatch.Add(tag)));
        Assert.Equal(304, await Conditional(scene, HttpMethod.Head, headers => headers.IfNoneMatch.Add(tag)));
        await scene.Call(HttpMethod.Put, Path(scene, "/global-config"), Data("""{"a": 1}"""));
        Assert.Equal(200, await Conditional(scene, HttpMethod.Get, headers => headers.IfNoneMatch.Add(tag)));
        Assert.Equal(200, await Conditional(scene, HttpMethod.Head, headers => headers.IfNoneMatch.Add(tag)));
    }

    [Fact]
    public async Task A_write_on_a_content_that_is_another_one_by_now_is_refused()
    {
        await using var scene = await Opened();
        using var first = await scene.Http.SendAsync(scene.Request(HttpMethod.Get, Path(scene, "/global-config")), Cancel);
        var tag = first.Headers.ETag!;

        Assert.Equal(200, await Conditional(scene, HttpMethod.Put, headers => headers.IfMatch.Add(tag), Data("""{"a": 1}""")));
        Assert.Equal(412, await Conditional(scene, HttpMethod.Put, headers => headers.IfMatch.Add(tag), Data("""{"a": 2}""")));
    }

    [Fact]
    public async Task Nobody_writes_what_the_customer_has_not_opened_or_has_closed()
    {
        await using var scene = await Scene.Set();
        Assert.Equal(404, (await scene.Call(HttpMethod.Put, Path(scene, "/global-config"), Data("{}"))).Status);

        await scene.Vercel.Dashboard.OpenConfig(scene.InstallationId, scene.ResourceId, Cancel);
        scene.Vercel.Dashboard.CloseConfig(scene.InstallationId, scene.ResourceId);

        Assert.Equal(409, (await scene.Call(HttpMethod.Put, Path(scene, "/global-config"), Data("{}"))).Status);
        Assert.Equal(400, (await scene.Call(HttpMethod.Put, Path(scene, "/global-config"), new JsonObject { ["items"] = new JsonObject() })).Status);
    }

    [Fact]
    public async Task The_older_name_of_a_config_works_and_may_be_the_only_one()
    {
        await using var scene = await Opened(options => options with { KnowsEdgeConfigOnly = true });

        Assert.Equal(404, (await scene.Call(HttpMethod.Put, Path(scene, "/global-config"), Data("""{"a": 1}"""))).Status);
        var (status, written) = await scene.Call(HttpMethod.Put, Path(scene, "/edge-config"), Data("""{"a": 1}"""));
        Assert.Equal(200, status);
        Assert.Null(written!["purpose"]);
        Assert.Equal(1, (int?)(await scene.Call(HttpMethod.Get, Path(scene, "/edge-config"))).Body!["items"]!["a"]);
    }

    [Fact]
    public async Task A_customer_who_opens_a_config_sends_its_id_and_deployments_read_it()
    {
        await using var scene = await Opened();
        var project = scene.Vercel.Dashboard.CreateProject(scene.AccountId, "shop");
        scene.Vercel.Dashboard.Connect(scene.InstallationId, scene.ResourceId, project.Id);

        var configId = scene.Installation.Resources[scene.ResourceId].GlobalConfig!.Id;
        var sent = JsonNode.Parse(scene.Provider.Requests.Last(request => request.Method == "PATCH").Body)!;
        Assert.Equal(configId, (string?)sent["protocolSettings"]!["experimentation"]!["edgeConfigId"]);
        Assert.Contains(configId, scene.Vercel.Dashboard.Variables(project.Id, "production").Single(variable => variable.Name == "EXPERIMENTATION_CONFIG").Value, StringComparison.Ordinal);
        var (_, read) = await scene.Call(HttpMethod.Get, $"/resources/{scene.ResourceId}");
        Assert.Equal(configId, (string?)read!["protocolSettings"]!["experimentation"]!["globalConfigId"]);
    }

    [Fact]
    public async Task A_resource_may_be_provisioned_with_a_config()
    {
        await using var scene = await Scene.Set();
        using var answer = await scene.Http.PostAsJsonAsync($"/customer/installations/{scene.InstallationId}/resources", JsonNode.Parse(
            """{"productId": "acme-postgres", "name": "db2", "billingPlanId": "pro", "config": true}"""), Cancel);

        var id = (string)(await answer.Content.ReadFromJsonAsync<JsonObject>(Cancel))!["answer"]!["id"]!;

        var sent = JsonNode.Parse(scene.Provider.Requests.Last().Body)!;
        Assert.Equal(scene.Installation.Resources[id].GlobalConfig!.Id, (string?)sent["protocolSettings"]!["experimentation"]!["edgeConfigId"]);
    }

    private static async Task<Scene> Opened(Func<SimulatorOptions, SimulatorOptions>? change = null)
    {
        var scene = await Scene.Set(change: change);
        var exchange = await scene.Vercel.Dashboard.OpenConfig(scene.InstallationId, scene.ResourceId, Cancel);
        Assert.True(exchange.IsSuccess, exchange.ToString());
        return scene;
    }

    private static string Path(Scene scene, string end) => $"/resources/{scene.ResourceId}/experimentation{end}";

    private static JsonObject Data(string data) => new() { ["data"] = JsonNode.Parse(data) };

    private static JsonObject Item(string id, string slug = "new-checkout") =>
        new() { ["id"] = id, ["slug"] = slug, ["origin"] = $"https://acme.example/flags/{id[..1]}", ["category"] = "flag" };

    private static Task<(int Status, JsonNode? Body)> Items(Scene scene, params JsonNode[] items) =>
        scene.Call(HttpMethod.Post, Path(scene, "/items"), new JsonObject { ["items"] = new JsonArray(items) });

    private static async Task Refused(Scene scene, string expected, params JsonNode[] items)
    {
        var (status, answer) = await Items(scene, items);
        Assert.Equal(400, status);
        Assert.Contains(expected, (string?)answer!["error"]!["message"], StringComparison.Ordinal);
    }

    private static async Task<int> Conditional(Scene scene, HttpMethod method, Action<HttpRequestHeaders> set, JsonNode? body = null)
    {
        using var request = scene.Request(method, Path(scene, "/global-config"), body);
        set(request.Headers);
        using var answer = await scene.Http.SendAsync(request, Cancel);
        return (int)answer.StatusCode;
    }
}
