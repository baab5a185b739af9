using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Marketplace.Integration.Transfers;
using Marketplace.Simulator.Api;
using Marketplace.Simulator.Experimentation;
using VercelResource = Marketplace.Simulator.Resources.Resource;

namespace Marketplace.Integration.Experiments;

/// <summary>The flags of Acme Keys, as the provider sets them and as Vercel comes to know of them. Contract §D.11, §E.13.</summary>
public sealed class FlagTests : IAsyncLifetime
{
    private Acme acme = null!;
    private string key = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        acme = await Acme.Open(new AcmeOptions { Catalogue = "../../catalog.json" });
        key = await acme.NewProviderKey("flags:read", "flags:write");
    }

    public ValueTask DisposeAsync() => acme.DisposeAsync();

    [Fact]
    public async Task A_flag_that_is_set_is_an_item_at_Vercel_and_in_the_config_once_the_customer_has_opted_in()
    {
        var bought = await Buy();
        var set = (await Put(bought, "new-checkout", true)).Is(HttpStatusCode.OK);
        await acme.Work("outbox");

        var item = Assert.Single(Items(bought)).Value;
        Assert.Equal(
            ("new-checkout", "new-checkout", "flag", false, $"https://acme.example/keys/{bought.Id}/flags/new-checkout"),
            (item.Id, item.Slug, item.Category, item.IsArchived, item.Origin));
        Assert.Equal("new-checkout", set["slug"]!.GetValue<string>());
        Assert.Null(Config(bought));

        var opened = await acme.Customer.OpenConfig(bought.Installation, bought.Id, Cancel);
        Assert.True(opened is { IsSuccess: true, Findings.IsEmpty: true }, opened.ToString());
        await acme.Work("outbox");
        Assert.Equal("""{"new-checkout":true}""", Content(bought));
        var read = (await acme.Get(bought.Path, acme.System(bought.Installation))).Is(HttpStatusCode.OK);
        Assert.Equal(Config(bought)!.Id, read["protocolSettings"]!["experimentation"]!["edgeConfigId"]!.GetValue<string>());

        (await Put(bought, "limit", 12.5m)).Is(HttpStatusCode.OK);
        (await Put(bought, "regions", new JsonArray("iad1", "fra1"))).Is(HttpStatusCode.OK);
        await acme.Work("outbox");
        Assert.Equal("""{"limit":12.5,"new-checkout":true,"regions":["iad1","fra1"]}""", Content(bought));
    }

    [Fact]
    public async Task What_is_archived_is_read_no_more_and_what_is_deleted_is_gone()
    {
        var bought = await Buy(withConfig: true);
        foreach (var flag in new[] { "one", "two", "three" })
            (await Put(bought, flag, 1)).Is(HttpStatusCode.OK);
        await acme.Work("outbox");

        (await acme.Provide(HttpMethod.Put, $"{PathOf(bought)}/two", key, new JsonObject { ["value"] = 1, ["isArchived"] = true })).Is(HttpStatusCode.OK);
        (await acme.Provide(HttpMethod.Delete, $"{PathOf(bought)}/three", key)).IsEmpty();
        (await acme.Provide(HttpMethod.Delete, $"{PathOf(bought)}/three", key)).IsEmpty();
        await acme.Work("outbox");

        Assert.Equal([("one", false), ("two", true)], Items(bought).Values.Select(item => (item.Id, item.IsArchived ?? false)));
        Assert.Equal("""{"one":1}""", Content(bought));
        (await acme.Provide(HttpMethod.Get, $"{PathOf(bought)}/three", key)).IsProblem(HttpStatusCode.NotFound, "not-found");
        var listed = (await acme.Provide(HttpMethod.Get, PathOf(bought), key)).Is(HttpStatusCode.OK);
        Assert.Equal([("one", true), ("two", true)], listed["flags"]!.AsArray().Select(flag => (flag!["id"]!.GetValue<string>(), flag["isAtVercel"]!.GetValue<bool>())));
        Assert.Equal(Config(bought)!.Id, listed["edgeConfigId"]!.GetValue<string>());
    }

    [Fact]
    public async Task Many_flags_go_in_batches_and_a_change_goes_alone()
    {
        var bought = await Buy(withConfig: true);
        for (var number = 0; number < 120; number++)
            (await Put(bought, $"flag-{number}", number)).Is(HttpStatusCode.OK);
        await acme.Work("outbox");

        Assert.Equal(120, Items(bought).Count);
        Assert.Equal([50, 50, 20], Calls("POST", "/items").Select(call => call.Body.GetProperty("items").GetArrayLength()));
        // The empty one when the customer opted in, and this one.
        Assert.Equal(2, Calls("PUT", "/global-config").Count);

        (await Put(bought, "flag-7", 777)).Is(HttpStatusCode.OK);
        // The same again is no change.
        (await Put(bought, "flag-7", 777)).Is(HttpStatusCode.OK);
        await acme.Work("outbox");
        Assert.Equal((3, 1, 3), (Calls("POST", "/items").Count, Calls("PATCH", "/items/flag-7").Count, Calls("PUT", "/global-config").Count));
        Assert.Equal(777, Config(bought)!.Items["flag-7"].GetInt32());
    }

    [Fact]
    public async Task Whatever_answer_is_lost_Vercel_ends_with_what_there_is()
    {
        var bought = await Buy(withConfig: true);
        foreach (var (method, path) in new[] { (HttpMethod.Post, "/experimentation/items"), (HttpMethod.Put, "/global-config") })
        {
            acme.Vercel.Disturbances.Plan(method, path, new Disturbance { LosesAnswer = true }, times: 5);
            acme.Vercel.Disturbances.Plan(method, path, Disturbance.Fails(500), times: 3);
        }

        (await Put(bought, "one", 1)).Is(HttpStatusCode.OK);
        (await Put(bought, "two", 2)).Is(HttpStatusCode.OK);
        await acme.Work("outbox");
        // By now Vercel may have both, and nobody here knows.
        (await acme.Provide(HttpMethod.Delete, $"{PathOf(bought)}/one", key)).IsEmpty();
        (await Put(bought, "two", 3)).Is(HttpStatusCode.OK);
        await RealTime.Until(
            async () =>
            {
                await acme.Execute("update outbox_message set next_attempt_at = clock_timestamp() where state = 'pending'");
                await acme.Work("outbox");
                return await acme.Ask<int>("select count(*) from outbox_message where state = 'pending'") == 0;
            },
            "everything is told");

        Assert.Equal("two", Assert.Single(Items(bought)).Key);
        Assert.Equal("""{"two":3}""", Content(bought));
        Assert.Equal(0, await acme.Ask<int>("select count(*) from outbox_message where state <> 'delivered'"));
    }

    [Fact]
    public async Task A_sync_tells_everything_again_and_pushes_only_what_Vercel_has_not()
    {
        var bought = await Buy(withConfig: true);
        (await Put(bought, "one", 1)).Is(HttpStatusCode.OK);
        await acme.Work("outbox");
        var pushed = Calls("PUT", "/global-config").Count;

        Assert.Equal(1, (await acme.Provide(HttpMethod.Post, $"{PathOf(bought)}/sync", key)).Is(HttpStatusCode.Accepted)["flags"]!.GetValue<int>());
        await acme.Work("outbox");
        Assert.Equal((2, pushed), (Calls("POST", "/experimentation/items").Count, Calls("PUT", "/global-config").Count));

        // Somebody at Vercel has changed both.
        Change(bought, resource => resource with
        {
            ExperimentationItems = resource.ExperimentationItems.Clear(),
            GlobalConfig = resource.GlobalConfig! with { Items = resource.GlobalConfig.Items.Clear() },
        });
        (await acme.Provide(HttpMethod.Post, $"{PathOf(bought)}/sync", key)).Is(HttpStatusCode.Accepted);
        await acme.Work("outbox");
        Assert.Equal("""{"one":1}""", Content(bought));
        Assert.Single(Items(bought));
    }

    [Fact]
    public async Task Where_the_customer_has_switched_it_off_nothing_is_pushed_and_nothing_is_stuck()
    {
        var bought = await Buy(withConfig: true);
        acme.Customer.CloseConfig(bought.Installation, bought.Id);
        (await Put(bought, "one", 1)).Is(HttpStatusCode.OK);
        await acme.Work("outbox");
        Assert.Equal("{}", Content(bought));
        Assert.Single(Items(bought));
        Assert.Equal(0, await acme.Ask<int>("select count(*) from outbox_message where state <> 'delivered'"));

        await acme.Customer.OpenConfig(bought.Installation, bought.Id, Cancel);
        (await Put(bought, "two", 2)).Is(HttpStatusCode.OK);
        await acme.Work("outbox");
        Assert.Equal("""{"one":1,"two":2}""", Content(bought));
    }

    [Fact]
    public async Task Flags_go_along_with_a_resource_that_is_handed_over()
    {
        var bought = await Buy();
        (await Put(bought, "one", 1)).Is(HttpStatusCode.OK);
        (await Put(bought, "two", 2)).Is(HttpStatusCode.OK);
        await acme.Work("outbox");
        (await acme.Provide(HttpMethod.Delete, $"{PathOf(bought)}/one", key)).IsEmpty();

        var target = await acme.Install();
        await Accept(bought, target);
        var moved = bought.At(target);
        (await Put(moved, "two", 3)).Is(HttpStatusCode.OK);
        await acme.Work("outbox");

        (await acme.Provide(HttpMethod.Get, PathOf(bought), key)).IsProblem(HttpStatusCode.NotFound, "not-found");
        Assert.Equal("two", Assert.Single(Items(moved)).Key);
        Assert.Equal(0, await acme.Ask<int>("select (select count(*) from flag where installation_id = $1) + (select count(*) from told_flag where installation_id = $1)", bought.Installation));
    }

    [Fact]
    public async Task Nothing_is_left_of_the_flags_of_a_resource_that_is_deleted()
    {
        var bought = await Buy(withConfig: true);
        (await Put(bought, "one", 1)).Is(HttpStatusCode.OK);
        await acme.Work("outbox");
        await acme.Customer.DeleteResource(bought.Installation, bought.Id, Cancel);
        await acme.Work("outbox");
        Assert.Equal(0, await acme.Ask<int>("select (select count(*) from flag) + (select count(*) from told_flag) + (select count(*) from told_config)"));
    }

    [Fact]
    public async Task What_is_wrong_is_named_and_changes_nothing()
    {
        var bought = await Buy();
        var wrong = (await acme.Provide(HttpMethod.Put, $"{PathOf(bought)}/no.flag", key, new JsonObject
        {
            ["slug"] = "no slug", ["origin"] = "http://acme.example", ["category"] = "idea", ["value"] = new JsonObject(),
        })).IsProblem(HttpStatusCode.BadRequest, "invalid-request");
        Assert.Equal(
            ["#/category", "#/flag", "#/origin", "#/slug", "#/value"],
            wrong["errors"]!.AsArray().Select(error => error!["pointer"]!.GetValue<string>()).Order(StringComparer.Ordinal));

        (await Put(bought, "one", 1)).Is(HttpStatusCode.OK);
        (await acme.Provide(HttpMethod.Put, $"{PathOf(bought)}/two", key, new JsonObject { ["slug"] = "one", ["value"] = 1 }))
            .IsProblem(HttpStatusCode.Conflict, "slug-taken");
        (await acme.Provide(HttpMethod.Put, $"/installations/{bought.Installation}/resources/res_none/flags/one", key, new JsonObject { ["value"] = 1 }))
            .IsProblem(HttpStatusCode.NotFound, "not-found");
        (await acme.Provide(HttpMethod.Put, $"{PathOf(bought)}/one", await acme.NewProviderKey("flags:read"), new JsonObject { ["value"] = 1 }))
            .IsProblem(HttpStatusCode.Forbidden, "insufficient-scope");
        var database = await acme.Provision(bought.Installation, "db", "free", "acme-postgres", new() { ["region"] = "iad1" });
        (await acme.Provide(HttpMethod.Put, $"{PathOf(database)}/one", key, new JsonObject { ["value"] = 1 })).IsProblem(HttpStatusCode.NotFound, "not-found");
        Assert.Equal(1, await acme.Ask<int>("select count(*) from flag"));
    }

    private async Task Accept(Provisioned bought, string target)
    {
        var claim = await acme.Offer(bought);
        (await acme.Verify(target, claim)).Is(HttpStatusCode.OK);
        (await acme.Accept(target, claim)).IsEmpty();
        acme.Vercel.Change(state =>
        {
            var (left, arrived) = (state.Installations[bought.Installation], state.Installations[target]);
            var resource = left.Resources[bought.Id];
            return state.With(left with { Resources = left.Resources.Remove(bought.Id) }).With(arrived.With(resource));
        });
    }

    private async Task<Provisioned> Buy(bool withConfig = false)
    {
        var bought = await acme.Provision(await acme.Install(), "key", "free", "acme-keys");
        if (withConfig)
            Assert.True((await acme.Customer.OpenConfig(bought.Installation, bought.Id, Cancel)).IsSuccess);
        await acme.Work("outbox");
        return bought;
    }

    private static string PathOf(Provisioned bought) => $"/installations/{bought.Installation}/resources/{bought.Id}/flags";

    private Task<Answer> Put(Provisioned bought, string flag, JsonNode value) =>
        acme.Provide(HttpMethod.Put, $"{PathOf(bought)}/{flag}", key, new JsonObject { ["value"] = value });

    private IReadOnlyDictionary<string, ExperimentationItem> Items(Provisioned bought) => Resource(bought).ExperimentationItems;

    private GlobalConfig? Config(Provisioned bought) => Resource(bought).GlobalConfig;

    private string? Content(Provisioned bought) =>
        Config(bought) is { } config ? JsonSerializer.Serialize(config.Items, new JsonSerializerOptions()) : null;

    private VercelResource Resource(Provisioned bought) => acme.Vercel.State.Installations[bought.Installation].Resources[bought.Id];

    private List<ApiCall> Calls(string method, string pathEnd) =>
        [.. acme.Vercel.Calls.Where(call => call.Method == method && call.Path.EndsWith(pathEnd, StringComparison.Ordinal))];

    private void Change(Provisioned bought, Func<VercelResource, VercelResource> change) =>
        acme.Vercel.Change(state => state.With(state.Installations[bought.Installation].With(change(Resource(bought)))));
}
