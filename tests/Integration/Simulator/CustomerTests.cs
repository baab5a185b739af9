using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Marketplace.Simulator;
using Marketplace.Simulator.Dashboard;
using Marketplace.Simulator.Installations;

namespace Marketplace.Integration.Simulator;

/// <summary>The customer's hand, what it sends and what it makes of the answers.</summary>
public sealed class CustomerTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_install_sends_the_four_documented_parts_with_a_user_token_and_a_key()
    {
        await using var scene = await Scene.Set();

        var (method, path, auth, key, body) = scene.Provider.Requests.First();
        Assert.Equal(("PUT", $"/v1/installations/{scene.InstallationId}", "user"), (method, path, auth));
        Assert.NotNull(key);
        var json = JsonNode.Parse(body)!;
        Assert.NotEmpty(json["scopes"]!.AsArray());
        Assert.NotEmpty(json["acceptedPolicies"]!.AsObject());
        Assert.Equal(scene.Installation.Tokens[0].Value, (string?)json["credentials"]!["access_token"]);
        Assert.NotNull((string?)json["account"]!["contact"]!["email"]);
        Assert.Equal(InstallationStage.Installed, scene.Installation.Stage);
    }

    [Fact]
    public async Task An_operation_may_be_repeated_with_its_key()
    {
        await using var scene = await Scene.Set();
        var options = CallOptions.Default with { IdempotencyKey = "once" };

        await scene.Vercel.Dashboard.Rename(scene.InstallationId, scene.ResourceId, "two", Cancel, options);
        await scene.Vercel.Dashboard.Rename(scene.InstallationId, scene.ResourceId, "two", Cancel, options);

        Assert.Equal(2, scene.Provider.Requests.Count(request => request.IdempotencyKey == "once"));
    }

    [Fact]
    public async Task An_answer_that_breaks_the_contract_is_a_finding_and_changes_nothing()
    {
        await using var scene = await Scene.Set();
        scene.Provider.Bend = answer =>
        {
            answer.Remove("secrets");
            answer["status"] = "working";
            answer["unheardOf"] = true;
        };

        var exchange = await scene.Vercel.Dashboard.Provision(scene.InstallationId, "acme-postgres", "db", "pro", [], Cancel);

        Assert.Equal(["secrets: is missing", "status: must be one of ready, pending, onboarding, suspended, resumed, uninstalled, error"],
            exchange.Findings);
        Assert.Single(scene.Installation.Resources);
        Assert.Equal(2, scene.Vercel.State.Findings.Count);
    }

    [Fact]
    public async Task A_provision_without_any_billing_plan_is_a_finding()
    {
        await using var scene = await Scene.Set();
        scene.Provider.Bend = answer => answer.Remove("billingPlan");

        await scene.Vercel.Dashboard.Provision(scene.InstallationId, "acme-postgres", "db", "pro", [], Cancel);

        Assert.Contains("has no billingPlan", Assert.Single(scene.Vercel.State.Findings).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_deleted_resource_is_gone_from_its_projects_but_may_still_be_billed()
    {
        await using var scene = await Scene.Set();
        await scene.Hour();
        var shop = scene.Vercel.Dashboard.CreateProject(scene.AccountId, "shop");
        scene.Vercel.Dashboard.Connect(scene.InstallationId, scene.ResourceId, shop.Id);

        await scene.Vercel.Dashboard.DeleteResource(scene.InstallationId, scene.ResourceId, Cancel);

        Assert.Empty(scene.Vercel.Dashboard.Variables(shop.Id, "production"));
        Assert.Equal(404, (await scene.Call(HttpMethod.Get, $"/resources/{scene.ResourceId}")).Status);
        Assert.NotNull((await scene.Call(
            HttpMethod.Post, "/billing/invoices", Bodies.Invoice("a", Bodies.Item(scene.ResourceId)))).Body!["invoiceId"]);
    }

    [Fact]
    public async Task An_uninstall_that_is_finalized_at_once_leaves_no_window()
    {
        await using var scene = await Scene.Set();
        scene.Provider.DeleteAnswer = new JsonObject { ["finalized"] = true };

        await scene.Vercel.Dashboard.Uninstall(scene.InstallationId, Cancel);

        Assert.Equal(InstallationStage.Finalized, scene.Installation.Stage);
    }

    [Fact]
    public async Task A_provider_that_is_away_is_an_exchange_without_an_answer()
    {
        await using var scene = await Scene.Set();
        await scene.Provider.DisposeAsync();

        var exchange = await scene.Vercel.Dashboard.GetResource(scene.InstallationId, scene.ResourceId, Cancel);

        Assert.Null(exchange.Status);
        Assert.Equal("ConnectionError", exchange.Failure);
        var uninstall = await scene.Vercel.Dashboard.Uninstall(scene.InstallationId, Cancel);
        Assert.False(uninstall.IsSuccess);
        Assert.Equal(InstallationStage.Installed, scene.Installation.Stage);
    }

    [Fact]
    public async Task Everything_is_there_again_after_a_restart_with_the_same_file()
    {
        var file = Path.Combine(Path.GetTempPath(), $"simulator-{Guid.NewGuid():N}.json");
        try
        {
            string installationId, token, keyId;
            await using (var scene = await Scene.Set(change: options => options with { StateFile = file }))
            {
                await scene.Hour();
                await scene.Call(HttpMethod.Post, "/billing/invoices", Bodies.Invoice("a", Bodies.Item(scene.ResourceId)));
                (installationId, token) = (scene.InstallationId, scene.Installation.Tokens[0].Value);
                keyId = scene.Vercel.Tokens.CurrentKey.KeyId;
            }

            await using var again = await SimulatorServer.Start(new SimulatorOptions { StateFile = file }, Cancel);

            var kept = again.State.Installations[installationId];
            Assert.Equal(Scene.Start.AddHours(1), again.Clock.GetUtcNow());
            Assert.Equal(keyId, again.Tokens.CurrentKey.KeyId);
            Assert.Equal(token, kept.Tokens[0].Value);
            Assert.Single(kept.Invoices);
            Assert.Single(kept.Billing.Receipts);
            Assert.Equal("postgresql://one", Assert.Single(Assert.Single(kept.Resources).Value.Secrets).Value);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task A_file_that_cannot_be_read_stops_the_start_with_a_sentence_that_names_it()
    {
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, """{"teams": {"a1": {"accountId": "a1", "name": "Old"}}}""", Cancel);

            var refusal = await Assert.ThrowsAsync<InvalidDataException>(
                () => SimulatorServer.Start(new SimulatorOptions { StateFile = file }, Cancel));

            Assert.Contains(file, refusal.Message, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task The_hand_can_be_moved_with_curl()
    {
        await using var provider = await TinyProvider.Start(Cancel);
        await using var vercel = await SimulatorServer.Start(new SimulatorOptions { Provider = provider.BaseUrl }, Cancel);
        using var http = new HttpClient { BaseAddress = vercel.BaseUrl };

        var installed = await Post(http, "/customer/installations", []);
        var installation = $"/customer/installations/{(string)installed["installationId"]!}";
        var provisioned = await Post(http, $"{installation}/resources", new JsonObject
        {
            ["productId"] = "acme-postgres",
            ["name"] = "db",
            ["billingPlanId"] = "pro",
        });
        var resourceId = (string)provisioned["answer"]!["id"]!;
        var project = (string)(await Post(http, "/customer/projects", new JsonObject { ["name"] = "shop" }))["projectId"]!;
        await Post(http, $"{installation}/resources/{resourceId}/connections", new JsonObject { ["projectId"] = project, ["prefix"] = "MAIN" });

        var variables = await http.GetFromJsonAsync<JsonArray>($"/customer/projects/{project}/variables", Cancel);
        Assert.Equal("MAIN_DATABASE_URL", (string?)Assert.Single(variables!)!["name"]);
        var unknown = await http.GetAsync("/customer/installations/icfg_unknown/plans", Cancel);
        Assert.Equal(System.Net.HttpStatusCode.NotFound, unknown.StatusCode);
    }

    private static async Task<JsonObject> Post(HttpClient http, string path, JsonObject body)
    {
        using var response = await http.PostAsJsonAsync(path, body, Cancel);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync(Cancel));
        return (await response.Content.ReadFromJsonAsync<JsonObject>(Cancel))!;
    }
}
