using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Marketplace.Integration.Simulator;

/// <summary>Whoever inspects a provider sees every exchange, in both directions, with what is wrong about it.</summary>
public sealed class CallLogTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_call_is_logged_with_its_refusal_or_its_findings_and_without_its_body()
    {
        await using var scene = await Scene.Set();
        var wrong = Bodies.Billing(Scene.Start, scene.ResourceId);
        wrong["billing"]![0]!["total"] = "3.00";

        await scene.Call(HttpMethod.Post, "/billing", wrong);
        await scene.Call(HttpMethod.Post, "/events", new JsonObject());

        var log = (await scene.Http.GetFromJsonAsync<JsonArray>("/customer/calls", Cancel))!;
        Assert.Equal("the total of Base fee is not its price times its quantity", (string?)Assert.Single(log[0]!["findings"]!.AsArray()));
        Assert.Equal(201, (int?)log[0]!["status"]);
        Assert.Equal("event: is missing", (string?)log[1]!["refusal"]);
        Assert.DoesNotContain("Base fee\":", log.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_exchange_with_the_provider_is_logged_with_its_findings_and_without_its_secrets()
    {
        await using var scene = await Scene.Set();
        scene.Provider.Bend = answer => answer["status"] = "working";

        await scene.Vercel.Dashboard.Provision(scene.InstallationId, "acme-postgres", "db", "pro", [], Cancel);

        var log = (await scene.Http.GetFromJsonAsync<JsonArray>("/customer/exchanges", Cancel))!;
        Assert.Equal(["Upsert Installation", "Provision Resource", "Provision Resource"], log.Select(exchange => (string?)exchange!["operation"]));
        Assert.StartsWith("status: must be one of", (string?)Assert.Single(log[2]!["findings"]!.AsArray()), StringComparison.Ordinal);
        Assert.DoesNotContain("postgresql://", log.ToJsonString(), StringComparison.Ordinal);
    }
}
