using System.Net;
using System.Text.Json.Nodes;
using Marketplace.Integration.Transfers;
using Marketplace.Integration.Webhooks;
using static Marketplace.Integration.Webhooks.WebhookText;

namespace Marketplace.Integration.Resources;

/// <summary>What customers have, as the provider's backend reads it.</summary>
[Collection(SharedAcme.Name)]
public sealed class ReadResourceTests(Acme acme) : IAsyncLifetime
{
    private string key = null!;

    public async ValueTask InitializeAsync() => key = await acme.NewProviderKey("resources:read");

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task One_is_shown_with_its_plan_its_metadata_and_the_names_of_its_secrets_but_no_secret()
    {
        var resource = await acme.Provision(await acme.Install());

        var answer = await acme.Provide(HttpMethod.Get, $"/installations/{resource.Installation}/resources/{resource.Id}", key);

        var shown = answer.Is(HttpStatusCode.OK);
        Assert.Equal(
            (resource.Id, resource.Installation, "acme-tools", "tool", "ready", "pro", "owned"),
            (Text(shown, "id"), Text(shown, "installationId"), Text(shown, "productId"), Text(shown, "name"), Text(shown, "status"),
                Text(shown, "billingPlanId"), Text(shown, "ownership")));
        Assert.Equal(
            resource.Json["secrets"]!.AsArray().Select(secret => (string)secret!["name"]!).Order(StringComparer.Ordinal),
            shown["secrets"]!["names"]!.AsArray().Select(name => (string)name!));
        Assert.True((bool)shown["secrets"]!["isWhole"]!);
        Assert.NotNull(shown["secrets"]!["mintedAt"]);
        Assert.All(
            Provisioned.Secrets(resource.Json["secrets"]!).Values, value => Assert.DoesNotContain(value, answer.Text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_rotation_is_seen_until_the_old_secrets_end()
    {
        var resource = await acme.Provision(await acme.Install());
        Assert.Empty((await Secrets(resource))["former"]!.AsArray());

        (await acme.Post(
            Paths.Rotate(resource.Installation, resource.Id), acme.Admin(resource.Installation),
            new JsonObject { ["delayOldSecretsExpirationHours"] = 2 })).Is(HttpStatusCode.OK);

        var secrets = await Secrets(resource);
        Assert.False((bool)secrets["rotationUnderWay"]!);
        Assert.Equal(acme.Now.AddHours(2).UtcDateTime, (DateTime)Assert.Single(secrets["former"]!.AsArray())!["expiresAt"]!);
    }

    [Fact]
    public async Task The_projects_that_use_it_are_shown_with_it()
    {
        var resource = await acme.Provision(await acme.Install());
        await acme.Tell(Of(
            "integration-resource.project-connected", resource.Installation, acme.Now, ProjectWebhookTests.Project(resource, "prj_shop", "shop", "production")));

        var project = Assert.Single((await Read(resource))["projects"]!.AsArray())!;

        Assert.Equal(("prj_shop", "shop"), (Text(project, "id"), Text(project, "name")));
    }

    [Fact]
    public async Task A_list_has_what_is_there_newest_first_and_what_is_gone_where_it_is_asked_for()
    {
        var installation = await acme.Install();
        var first = await acme.Provision(installation, "first", "free");
        acme.Pass(TimeSpan.FromSeconds(1));
        var second = await acme.Provision(installation, "second");
        acme.Pass(TimeSpan.FromSeconds(1));
        var gone = await acme.Provision(installation, "third");
        (await acme.Delete(gone.Path, acme.Admin(installation))).IsEmpty();
        await acme.Work();

        Assert.Equal([second.Id, first.Id], await Ids($"/installations/{installation}/resources"));
        Assert.Equal([first.Id], await Ids($"/installations/{installation}/resources?plan=free"));
        Assert.Equal([second.Id], await Ids($"/installations/{installation}/resources?q=SECO"));
        Assert.Equal([gone.Id], await Ids($"/installations/{installation}/resources?status=uninstalled&product=acme-tools"));
        Assert.Empty(await Ids($"/installations/{installation}/resources?product=acme-postgres"));

        var page = (await acme.Provide(HttpMethod.Get, $"/installations/{installation}/resources?limit=1", key)).Is(HttpStatusCode.OK);
        acme.Pass(TimeSpan.FromSeconds(1));
        await acme.Provision(installation, "fourth");
        Assert.Equal([first.Id], await Ids($"/installations/{installation}/resources?limit=1&cursor={Text(page, "nextCursor")}"));
    }

    [Fact]
    public async Task What_the_provider_says_does_not_work_is_found_as_an_error_and_not_as_ready()
    {
        var resource = await acme.Provision(await acme.Install());
        var (path, writer) = ($"/installations/{resource.Installation}/resources", await acme.NewProviderKey("resources:write"));
        (await acme.Provide(
            HttpMethod.Put, $"{path}/{resource.Id}/status", writer, new JsonObject { ["status"] = "error", ["reason"] = "The disk is full." }))
            .Is(HttpStatusCode.OK);

        Assert.Equal([resource.Id], await Ids($"{path}?status=error"));
        Assert.Empty(await Ids($"{path}?status=ready"));
        Assert.Equal(("error", "The disk is full."), (Text(await Read(resource), "status"), Text(await Read(resource), "fault")));
    }

    [Fact]
    public async Task The_list_of_everybody_has_each_resource_once_also_while_others_are_added()
    {
        var name = $"n{Guid.NewGuid().ToString("N")[..8]}";
        var made = new List<string>();
        for (var number = 0; number < 5; number++)
            made.Add((await acme.Provision(await acme.Install(), $"{name}-{number}")).Id);

        var (read, cursor) = (new List<JsonNode>(), "");
        do
        {
            var page = (await acme.Provide(HttpMethod.Get, $"/resources?q={name}-&limit=2{cursor}", key)).Is(HttpStatusCode.OK);
            read.AddRange(page["resources"]!.AsArray().Select(one => one!));
            cursor = page["nextCursor"] is { } next ? $"&cursor={(string)next!}" : null;
            await acme.Provision(await acme.Install(), $"{name}later");
        }
        while (cursor is not null);

        Assert.Equal(made.Order(StringComparer.Ordinal), read.Select(one => Text(one, "id")).Order(StringComparer.Ordinal));
        Assert.Equal(read.Select(one => Text(one, "installationId")).Order(StringComparer.Ordinal), read.Select(one => Text(one, "installationId")));
    }

    [Fact]
    public async Task Another_installations_resource_is_not_found_in_this_one()
    {
        var (resource, other) = (await acme.Provision(await acme.Install()), await acme.Install());

        (await acme.Provide(HttpMethod.Get, $"/installations/{other}/resources/{resource.Id}", key)).IsProblem(HttpStatusCode.NotFound, "not-found");
        Assert.Empty(await Ids($"/installations/{other}/resources"));
        (await acme.Provide(HttpMethod.Get, "/installations/icfg_none/resources", key)).IsProblem(HttpStatusCode.NotFound, "not-found");
    }

    [Fact]
    public async Task What_is_offered_to_others_is_listed_until_it_has_changed_hands()
    {
        var (resource, target) = (await acme.Provision(await acme.Install()), await acme.Install());
        var claim = await acme.Offer(resource);

        var offered = Assert.Single(await Transfers(resource.Installation))!;
        Assert.Equal(("offered", claim, resource.Id), (Text(offered, "state"), Text(offered, "claimId"), (string)offered["resourceIds"]![0]!));

        acme.Pass(TimeSpan.FromHours(25));
        Assert.Equal("expired", Text(Assert.Single(await Transfers(resource.Installation))!, "state"));

        var again = await acme.Offer(resource);
        Assert.True((await acme.Accept(target, again)).Status is HttpStatusCode.OK or HttpStatusCode.NoContent);
        var accepted = (await Transfers(resource.Installation))[0]!;
        Assert.Equal(("accepted", target), (Text(accepted, "state"), Text(accepted, "targetInstallationId")));
        Assert.Equal([resource.Id], await Ids($"/installations/{target}/resources"));
    }

    private async Task<JsonArray> Transfers(string installation) =>
        (await acme.Provide(HttpMethod.Get, $"/installations/{installation}/transfers", key)).Is(HttpStatusCode.OK)["transfers"]!.AsArray();

    private async Task<JsonNode> Read(Provisioned resource) =>
        (await acme.Provide(HttpMethod.Get, $"/installations/{resource.Installation}/resources/{resource.Id}", key)).Is(HttpStatusCode.OK);

    private async Task<JsonNode> Secrets(Provisioned resource) => (await Read(resource))["secrets"]!;

    private async Task<string[]> Ids(string path) =>
        [.. (await acme.Provide(HttpMethod.Get, path, key)).Is(HttpStatusCode.OK)["resources"]!.AsArray().Select(one => Text(one!, "id"))];

    private static string Text(JsonNode json, string field) => (string)json[field]!;
}
