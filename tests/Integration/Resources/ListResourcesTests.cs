using System.Net;
using System.Text.Json.Nodes;

namespace Marketplace.Integration.Resources;

/// <summary>GET /v1/installations/{installationId}/resources, deprecated. Source: contract §A.1, §B.0, list-resources.</summary>
[Collection(SharedAcme.Name)]
public sealed class ListResourcesTests(Acme acme)
{
    [Fact]
    public async Task The_named_resources_are_listed_oldest_first_each_as_a_read_of_its_own_would_answer_it()
    {
        var installation = await acme.Install();
        var (one, two, three) = (await acme.Provision(installation, "one"), await acme.Provision(installation, "two", "free"), await acme.Provision(installation, "three"));
        await acme.Execute("update resource set created_at = created_at + interval '1 minute' where resource_id = $1", one.Id);

        var listed = await List(installation, $"?ids={one.Id},{two.Id}");

        Assert.Equal([two.Id, one.Id], Ids(listed));
        foreach (var resource in listed)
        {
            var read = await acme.Get(Paths.Resource(installation, resource!["id"]!.GetValue<string>()), acme.System(installation));
            Assert.Equal(read.Is(HttpStatusCode.OK).ToJsonString(), resource.ToJsonString());
        }

        Assert.Equal(3, (await List(installation, "")).Count);
        Assert.Equal([three.Id], Ids(await List(installation, $"?ids={three.Id}")));
    }

    [Fact]
    public async Task A_list_never_has_secrets()
    {
        var installation = await acme.Install();
        var resource = await acme.Provision(installation);

        var answer = await acme.Get($"{Paths.Resources(installation)}?ids={resource.Id}", acme.System(installation));

        Assert.Equal(["resources"], answer.Is(HttpStatusCode.OK).AsObject().Select(field => field.Key));
        Assert.DoesNotContain(resource.Secret(), answer.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("secrets", answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ids_that_are_unknown_deleted_or_of_another_installation_are_simply_absent()
    {
        var (installation, stranger) = (await acme.Install(), await acme.Install());
        var (mine, deleted, foreign) = (await acme.Provision(installation, "mine"), await acme.Provision(installation, "deleted"), await acme.Provision(stranger));
        (await acme.Delete(deleted.Path, acme.Admin(installation))).IsEmpty();

        Assert.Equal([mine.Id], Ids(await List(installation, $"?ids=res_unknown,{deleted.Id},{foreign.Id},{mine.Id}")));
        Assert.Equal([mine.Id], Ids(await List(installation, "")));
        Assert.Empty(await List(installation, $"?ids={foreign.Id}"));
    }

    [Theory]
    [InlineData("?ids={0}&ids={1}")]
    [InlineData("?ids={0},{1},{0},")]
    [InlineData("?ids=%20{0}%20,{1}")]
    public async Task However_the_ids_are_spelled_each_resource_is_listed_once(string query)
    {
        var installation = await acme.Install();
        var (one, two) = (await acme.Provision(installation, "one"), await acme.Provision(installation, "two"));

        var listed = await List(installation, string.Format(System.Globalization.CultureInfo.InvariantCulture, query, one.Id, two.Id));

        Assert.Equal(new[] { one.Id, two.Id }.Order(StringComparer.Ordinal), Ids(listed).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("?ids=")]
    [InlineData("?ids=,,")]
    [InlineData("?ids=%27%3B--")]
    public async Task A_list_of_no_known_id_names_nothing(string query)
    {
        var installation = await acme.Install();
        await acme.Provision(installation);

        Assert.Empty(await List(installation, query));
    }

    [Fact]
    public async Task A_list_is_bounded()
    {
        var installation = await acme.Install();
        var resource = await acme.Provision(installation);
        var many = string.Join(',', Enumerable.Range(0, 501).Select(number => $"r{number}"));
        Assert.Empty(await List(installation, $"?ids={many[..many.LastIndexOf(',')]}"));

        (await acme.Get($"{Paths.Resources(installation)}?ids={many}", acme.System(installation))).NamesFields("ids");
        (await acme.Get($"{Paths.Resources(installation)}?ids=%00", acme.System(installation))).IsInvalid();

        await acme.Execute(
            """
            insert into resource select installation_id, resource_id || n, product_id, name, metadata, billing_plan_id, external_id, edge_config_id, status,
                status_reason, created_at, uninstalled_at
            from resource, generate_series(1, 500) n where installation_id = $1
            """,
            installation);
        (await acme.Get(Paths.Resources(installation), acme.System(installation))).NamesFields("ids");
        Assert.Equal([resource.Id], Ids(await List(installation, $"?ids={resource.Id}")));
    }

    [Fact]
    public async Task An_id_that_cannot_be_stored_is_refused_and_spoils_nothing_for_the_calls_after_it()
    {
        var resource = await acme.Provision(await acme.Install());
        var (path, vercel) = (Paths.Resources(resource.Installation), acme.System(resource.Installation));

        // Each statement is prepared when a connection has seen it for the second time; whichever time that is, this is it.
        for (var call = 0; call < 10; call++)
        {
            (await acme.Get($"{path}?ids=%00", vercel)).IsInvalid();
            Assert.Equal([resource.Id], Ids(await List(resource.Installation, $"?ids={resource.Id}")));
        }
    }

    [Fact]
    public async Task Only_Vercel_itself_lists_resources_and_only_of_the_installation_that_its_token_names()
    {
        var (installation, stranger) = (await acme.Install(), await acme.Install());
        var nowhere = Acme.NewInstallationId();

        (await acme.Get(Paths.Resources(installation), acme.Admin(installation))).IsForbidden();
        (await acme.Get(Paths.Resources(installation), acme.System(stranger))).IsForbidden();
        (await acme.Get(Paths.Resources(nowhere), acme.System(nowhere))).IsUnknown();
        (await acme.Delete(Paths.Installation(installation), acme.Admin(installation))).Is(HttpStatusCode.OK);
        (await acme.Get(Paths.Resources(installation), acme.System(installation))).IsUnknown();
    }

    private async Task<JsonArray> List(string installation, string query) =>
        (await acme.Get(Paths.Resources(installation) + query, acme.System(installation))).Is(HttpStatusCode.OK)["resources"]!.AsArray();

    private static IEnumerable<string> Ids(JsonArray resources) => resources.Select(resource => resource!["id"]!.GetValue<string>());
}
