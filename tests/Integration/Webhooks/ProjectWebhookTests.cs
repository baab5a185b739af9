using System.Net;
using System.Text.Json.Nodes;
using static Marketplace.Integration.Webhooks.WebhookText;

namespace Marketplace.Integration.Webhooks;

/// <summary>Which projects use a resource. Source: contract §E.4, §F; the Provider API shows it.</summary>
[Collection(SharedAcme.Name)]
public sealed class ProjectWebhookTests(Acme acme)
{
    private const string Connected = "integration-resource.project-connected";
    private const string Disconnected = "integration-resource.project-disconnected";

    [Fact]
    public async Task A_project_that_is_connected_is_shown_with_its_name_and_environments()
    {
        var resource = await acme.Provision(await acme.Install());

        await acme.Tell(Of(Connected, resource.Installation, acme.Now, Project(resource, "prj_shop", "shop", "production", "qa-env")));

        var shown = Assert.Single((await Shown(resource))["projects"]!.AsArray())!;
        Assert.Equal(
            ("prj_shop", "shop", "[\"production\",\"qa-env\"]"),
            (shown["id"]!.GetValue<string>(), shown["name"]!.GetValue<string>(), shown["targets"]!.ToJsonString()));
    }

    [Fact]
    public async Task Whatever_the_order_and_however_often_the_latest_word_counts()
    {
        var news = (Acme acme, Provisioned of) => new[]
        {
            Of(Connected, of.Installation, acme.Now.AddSeconds(1), Project(of, "prj_1", "shop", "production")),
            Of(Disconnected, of.Installation, acme.Now.AddSeconds(2), Project(of, "prj_1")),
            Of(Connected, of.Installation, acme.Now.AddSeconds(3), Project(of, "prj_1", "shop-renamed", "preview")),
        };
        foreach (var order in Orders([0, 1, 2]))
        {
            var resource = await acme.Provision(await acme.Install());
            var said = news(acme, resource);

            await acme.Tell(order.Select(at => said[at]));

            var shown = Assert.Single((await Shown(resource))["projects"]!.AsArray())!;
            Assert.Equal(("shop-renamed", "[\"preview\"]"), (shown["name"]!.GetValue<string>(), shown["targets"]!.ToJsonString()));
        }
    }

    [Fact]
    public async Task A_project_that_was_disconnected_stays_so_when_the_news_of_its_connection_is_late()
    {
        var resource = await acme.Provision(await acme.Install());

        await acme.Tell(
            Of(Disconnected, resource.Installation, acme.Now.AddSeconds(5), Project(resource, "prj_1")),
            Of(Connected, resource.Installation, acme.Now, Project(resource, "prj_1", "shop", "production")));

        Assert.Empty((await Shown(resource))["projects"]!.AsArray());
    }

    [Fact]
    public async Task A_resource_takes_its_projects_along_when_it_changes_hands_and_late_news_follow_it()
    {
        var (resource, target) = (await acme.Provision(await acme.Install()), await acme.Install());
        var early = Of(Connected, resource.Installation, acme.Now, Project(resource, "prj_1", "shop", "production"));
        var late = Of(Connected, resource.Installation, acme.Now.AddSeconds(1), Project(resource, "prj_2", "blog", "preview"));
        await acme.Tell(early);

        acme.Pass(TimeSpan.FromMinutes(1));
        await Transfer(resource, target);
        await acme.Tell(late, early);
        await acme.Work("webhooks");

        var there = resource with { Installation = target };
        Assert.Equal(["prj_1", "prj_2"], (await Shown(there))["projects"]!.AsArray().Select(one => one!["id"]!.GetValue<string>()));
        Assert.Equal(0, await acme.Ask<long>("select count(*) from project_connection where installation_id = $1", resource.Installation));
    }

    [Fact]
    public async Task News_of_what_nobody_knows_are_kept_and_change_nothing()
    {
        var (installation, id) = (await acme.Install(), NewId());
        var unknown = new Provisioned(installation, new JsonObject { ["id"] = "res_of_nobody" });

        await acme.Tell(Of(Connected, installation, acme.Now, Project(unknown, "prj_1", "shop", "production"), id));
        await acme.Tell(Of(Connected, Acme.NewInstallationId(), acme.Now, Project(unknown, "prj_1", "shop", "production")));

        Assert.Equal(
            "processed: we know of no such resource",
            await acme.Ask<string>("select state || ': ' || last_error from webhook where webhook_id = $1", id));
        Assert.Equal(0, await acme.Ask<long>("select count(*) from project_connection where resource_id = 'res_of_nobody'"));
    }

    [Fact]
    public async Task Whose_resource_is_not_there_has_no_projects_to_show()
    {
        var key = await acme.NewProviderKey("resources:read");
        var resource = await acme.Provision(await acme.Install());

        Assert.Equal(HttpStatusCode.NotFound, (await acme.Provide(HttpMethod.Get, $"/installations/{resource.Installation}/resources/res_none/projects", key)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await acme.Provide(HttpMethod.Get, $"/installations/{await acme.Install()}/resources/{resource.Id}/projects", key)).Status);
        Assert.Equal(
            HttpStatusCode.Forbidden,
            (await acme.Provide(HttpMethod.Get, $"/installations/{resource.Installation}/resources/{resource.Id}/projects", await acme.NewProviderKey("usage:write"))).Status);
    }

    private async Task Transfer(Provisioned resource, string target)
    {
        var offered = await acme.Post(
            $"/v1/installations/{resource.Installation}/resource-transfer-requests", acme.System(resource.Installation),
            new JsonObject { ["resourceIds"] = new JsonArray(resource.Id), ["expiresAt"] = acme.Now.AddHours(1).ToUnixTimeMilliseconds() });
        var claim = offered.Json["providerClaimId"]!.GetValue<string>();
        var accepted = await acme.Post(
            $"/v1/installations/{target}/resource-transfer-requests/{claim}/accept", acme.System(target), new JsonObject(), Acme.NewKey());
        Assert.Equal(HttpStatusCode.NoContent, accepted.Status);
    }

    private async Task<JsonNode> Shown(Provisioned resource)
    {
        var answer = await acme.Provide(
            HttpMethod.Get, $"/installations/{resource.Installation}/resources/{resource.Id}/projects", await acme.NewProviderKey("resources:read"));
        Assert.Equal(HttpStatusCode.OK, answer.Status);
        return answer.Json;
    }

    internal static JsonObject Project(Provisioned of, string project, string? name = null, params string[] targets)
    {
        var payload = new JsonObject { ["resourceId"] = of.Id, ["projectId"] = project, ["project"] = new JsonObject { ["id"] = project } };
        if (name is not null)
        {
            payload["project"]!["name"] = name;
            payload["targets"] = new JsonArray([.. targets.Select(target => (JsonNode)target)]);
        }

        return payload;
    }
}
