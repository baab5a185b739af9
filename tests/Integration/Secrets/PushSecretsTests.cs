using System.Net;
using System.Text.Json.Nodes;

namespace Marketplace.Integration.Secrets;

/// <summary>Other secrets on the provider's own account, as the customer's projects get them from Vercel. Contract §D.6, §E.7.</summary>
public sealed class PushSecretsTests : IAsyncLifetime
{
    private Acme acme = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => acme = await Acme.Open(new AcmeOptions());

    public ValueTask DisposeAsync() => acme.DisposeAsync();

    [Fact]
    public async Task A_whole_set_takes_the_place_of_what_customers_had_and_a_part_leaves_the_rest()
    {
        var tool = await acme.Provision(await acme.Install());

        var held = (await Push(tool, false, ("ACME_KEY", "pushed-1"), ("ACME_REGION", "fra1"))).Is(HttpStatusCode.OK);
        await acme.Work();
        Assert.Equal(["ACME_KEY=pushed-1", "ACME_REGION=fra1"], AtVercel(tool));
        Assert.Equal("""{"names":["ACME_KEY","ACME_REGION"],"isWhole":true}""", held.ToJsonString());

        (await Push(tool, true, ("ACME_REGION", "iad1"), ("ACME_TIER", "gold"))).Is(HttpStatusCode.OK);
        (await Push(tool, true, ("ACME_TIER", "gold"))).Is(HttpStatusCode.OK);
        await acme.Work();
        Assert.Equal(["ACME_KEY=pushed-1", "ACME_REGION=iad1", "ACME_TIER=gold"], AtVercel(tool));

        // What was minted works all the same: nobody's credentials end by a push.
        Assert.True(acme.Workshop.Opens(tool.Secret()));
        Assert.Equal(
            ["""{"names": ["ACME_KEY", "ACME_REGION"], "partial": false}""", """{"names": ["ACME_REGION", "ACME_TIER"], "partial": true}"""],
            await acme.AskAll<string>("select detail::text from domain_event where kind = 'secrets.Pushed' and actor like 'key:%' order by event_id"));
        await IsNowhereInTheClear("pushed-1");
    }

    [Fact]
    public async Task A_rotation_mints_anew_what_the_provisioner_mints_and_takes_no_other_variable_away()
    {
        var tool = await acme.Provision(await acme.Install());
        (await Push(tool, true, ("ACME_TIER", "gold"))).Is(HttpStatusCode.OK);

        var asked = new JsonObject { ["delayOldSecretsExpirationHours"] = 1, ["reason"] = "A key was seen in a log" };
        (await Rotate(tool, asked)).Is(HttpStatusCode.Accepted);
        (await Rotate(tool, asked.DeepClone().AsObject())).Is(HttpStatusCode.Accepted);
        (await Rotate(tool, new JsonObject { ["delayOldSecretsExpirationHours"] = 2 })).IsProblem(HttpStatusCode.Conflict, "rotation-under-way");
        await acme.Work();

        var now = acme.Vercel.State.Installations[tool.Installation].Resources[tool.Id].Secrets;
        Assert.Equal(["ACME_KEY", "ACME_TIER", "ACME_URL"], now.Select(secret => secret.Name).Order(StringComparer.Ordinal));
        var minted = now.Find(secret => secret.Name == "ACME_KEY")!.Value;
        Assert.NotEqual(tool.Secret(), minted);
        Assert.True(acme.Workshop.Opens(minted) && acme.Workshop.Opens(tool.Secret()));
        acme.Pass(TimeSpan.FromHours(1));
        await acme.Work();
        Assert.True(acme.Workshop.Opens(minted) && !acme.Workshop.Opens(tool.Secret()));
        Assert.Equal(1, acme.Workshop.Calls("Rotate", tool.Id));
        Assert.Equal("A key was seen in a log", await acme.Ask<string>(
            "select detail ->> 'reason' from domain_event where kind = 'secrets.RotationRequested' and actor like 'key:%'"));
    }

    [Fact]
    public async Task Of_a_product_that_tells_its_secrets_once_part_is_pushed_as_part_and_the_key_stays()
    {
        await using var keys = await Acme.Open(new AcmeOptions { Catalogue = "../../catalog.json" });
        var bought = await keys.Provision(await keys.Install(), "calls", "free", "acme-keys");
        var key = bought.Secret("ACME_API_KEY");

        var held = (await Push(keys, bought, true, ("ACME_DOCS", "https://docs.example.test"))).Is(HttpStatusCode.OK);
        await keys.Work();
        Assert.Equal("""{"names":["ACME_DOCS"],"isWhole":false}""", held.ToJsonString());
        Assert.Equal(["ACME_API_KEY", "ACME_DOCS"], Names(keys, bought));
        Assert.Contains(AtVercel(keys, bought), line => line == $"ACME_API_KEY={key}");
        Assert.True(keys.Vercel.Calls.Last(call => call.Method == "PUT" && call.Path.EndsWith("/secrets", StringComparison.Ordinal)).Body.GetProperty("partial").GetBoolean());

        // The customer's rotation tells the new key and what was pushed; the provider's does too, by a message.
        var rotated = (await keys.Post(Paths.Rotate(bought.Installation, bought.Id), keys.Admin(bought.Installation))).Is(HttpStatusCode.OK);
        Assert.Equal(
            ["ACME_API_KEY", "ACME_DOCS"],
            rotated["secrets"]!.AsArray().Select(secret => secret!["name"]!.GetValue<string>()).Order(StringComparer.Ordinal));
        (await keys.Provide(HttpMethod.Post, $"{PathOf(bought)}/rotate", await keys.NewProviderKey("secrets:write"), new JsonObject())).Is(HttpStatusCode.Accepted);
        await keys.Work();
        Assert.Equal(["ACME_API_KEY", "ACME_DOCS"], Names(keys, bought));
        Assert.DoesNotContain(AtVercel(keys, bought), line => line == $"ACME_API_KEY={key}");
    }

    [Fact]
    public async Task What_cannot_take_secrets_is_refused_and_no_value_is_repeated()
    {
        var tool = await acme.Provision(await acme.Install());
        var wrong = (await Push(tool, false, ("A", "secret-1"), ("A", "secret-2"))).IsProblem(HttpStatusCode.BadRequest, "invalid-request");
        Assert.DoesNotContain("secret-1", wrong.ToJsonString(), StringComparison.Ordinal);
        (await Push(tool, false)).IsProblem(HttpStatusCode.BadRequest, "invalid-request");
        (await Rotate(tool, new JsonObject { ["delayOldSecretsExpirationHours"] = 721 })).IsProblem(HttpStatusCode.BadRequest, "invalid-request");
        (await acme.Provide(HttpMethod.Put, $"{PathOf(tool)}/secrets", await acme.NewProviderKey("resources:write"), Body(false, ("A", "1"))))
            .IsProblem(HttpStatusCode.Forbidden, "insufficient-scope");

        await acme.Customer.DeleteResource(tool.Installation, tool.Id, Cancel);
        (await Push(tool, false, ("A", "1"))).IsProblem(HttpStatusCode.Conflict, "resource-uninstalled");
        (await Rotate(tool, [])).IsProblem(HttpStatusCode.Conflict, "resource-uninstalled");
        (await Push(tool with { Installation = "icfg_none" }, false, ("A", "1"))).IsProblem(HttpStatusCode.NotFound, "not-found");
    }

    private static string PathOf(Provisioned tool) => $"/installations/{tool.Installation}/resources/{tool.Id}";

    private static JsonObject Body(bool partial, params (string Name, string Value)[] secrets) => new()
    {
        ["partial"] = partial,
        ["secrets"] = new JsonArray([.. secrets.Select(secret => (JsonNode)new JsonObject { ["name"] = secret.Name, ["value"] = secret.Value })]),
    };

    private static IEnumerable<string> Names(Acme of, Provisioned tool) => AtVercel(of, tool).Select(line => line.Split('=')[0]);

    private static IEnumerable<string> AtVercel(Acme of, Provisioned tool) =>
        of.Vercel.State.Installations[tool.Installation].Resources[tool.Id].Secrets
            .Select(secret => $"{secret.Name}={secret.Value}").Order(StringComparer.Ordinal);

    private IEnumerable<string> AtVercel(Provisioned tool) => AtVercel(acme, tool);

    private static async Task<Answer> Push(Acme at, Provisioned tool, bool partial, params (string, string)[] secrets) =>
        await at.Provide(HttpMethod.Put, $"{PathOf(tool)}/secrets", await at.NewProviderKey("secrets:write"), Body(partial, secrets));

    private Task<Answer> Push(Provisioned tool, bool partial, params (string, string)[] secrets) => Push(acme, tool, partial, secrets);

    private async Task<Answer> Rotate(Provisioned tool, JsonObject body) =>
        await acme.Provide(HttpMethod.Post, $"{PathOf(tool)}/rotate", await acme.NewProviderKey("secrets:write"), body);

    private async Task IsNowhereInTheClear(string value)
    {
        Assert.DoesNotContain(
            await acme.AskAll<string>(
                """
                select row_to_json(e)::text from domain_event e union all select row_to_json(m)::text from outbox_message m
                union all select encode(secrets, 'escape') from secret_generation where secrets is not null
                """),
            row => row.Contains(value, StringComparison.Ordinal));
        Assert.DoesNotContain(acme.Server.Log.Lines, line => line.Contains(value, StringComparison.Ordinal));
    }
}
