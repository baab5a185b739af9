using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Marketplace.Integration.Simulator;

/// <summary>Signature and retries. Source: contract §F.</summary>
public sealed class WebhookTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_connection_is_told_by_a_webhook_that_is_signed_over_its_raw_body()
    {
        await using var scene = await Scene.Set();
        var shop = scene.Vercel.Dashboard.CreateProject(scene.AccountId, "shop");

        scene.Vercel.Dashboard.Connect(scene.InstallationId, scene.ResourceId, shop.Id);
        await scene.Vercel.Settle(Cancel);

        var (signature, body) = Assert.Single(scene.Provider.Webhooks);
#pragma warning disable CA5350 // The contract fixes SHA-1.
        var expected = HMACSHA1.HashData("simulated-client-secret"u8, Encoding.UTF8.GetBytes(body));
#pragma warning restore CA5350
        Assert.Equal(Convert.ToHexStringLower(expected), signature);
        var webhook = JsonNode.Parse(body)!;
        Assert.Equal("integration-resource.project-connected", (string?)webhook["type"]);
        Assert.Equal(Scene.Start.ToUnixTimeMilliseconds(), (long?)webhook["createdAt"]);
        Assert.Equal(scene.ResourceId, (string?)webhook["payload"]!["resourceId"]);
        Assert.Equal(scene.InstallationId, (string?)webhook["payload"]!["installationId"]);
        Assert.Equal(shop.Id, (string?)webhook["payload"]!["projectId"]);
    }

    [Fact]
    public async Task A_webhook_that_is_not_accepted_comes_again_with_the_same_body()
    {
        await using var scene = await Scene.Set();
        scene.Provider.WebhookStatus = 500;
        Connect(scene);
        await scene.Vercel.Settle(Cancel);
        Assert.Single(scene.Provider.Webhooks);

        scene.Provider.WebhookStatus = 204;
        await scene.Vercel.Advance(TimeSpan.FromMinutes(1), Cancel);

        Assert.Equal(2, scene.Provider.Webhooks.Count);
        Assert.Single(scene.Provider.Webhooks.Select(webhook => webhook.Body).Distinct(StringComparer.Ordinal));
        var kept = Assert.Single(scene.Vercel.State.Webhooks);
        Assert.True(kept.IsDelivered);
        Assert.Equal([500, 204], kept.Attempts.Select(attempt => attempt.Status));
    }

    [Fact]
    public async Task A_webhook_is_dropped_after_a_day_of_ever_longer_pauses()
    {
        await using var scene = await Scene.Set();
        scene.Provider.WebhookStatus = 500;
        Connect(scene);

        await scene.Vercel.Advance(TimeSpan.FromHours(30), Cancel);

        var kept = Assert.Single(scene.Vercel.State.Webhooks);
        Assert.Null(kept.NextAttemptAt);
        Assert.False(kept.IsDelivered);
        Assert.InRange(kept.Attempts.Count, 6, 15);
        Assert.True(kept.Attempts[^1].At <= kept.CreatedAt.AddHours(24));
    }

    [Fact]
    public async Task Without_an_address_webhooks_wait_for_one()
    {
        await using var scene = await Scene.Set();
        scene.Vercel.Webhook = null;
        Connect(scene);
        await scene.Vercel.Settle(Cancel);
        Assert.Empty(scene.Provider.Webhooks);

        scene.Vercel.Webhook = scene.Provider.WebhookUrl;
        await scene.Vercel.Settle(Cancel);
        Assert.Single(scene.Provider.Webhooks);
    }

    [Fact]
    public async Task A_resource_that_was_announced_as_updated_is_read_again_with_a_system_token()
    {
        await using var scene = await Scene.Set();
        scene.Provider.ResourceName = "renamed";

        var (status, _) = await scene.Call(HttpMethod.Post, "/events", JsonNode.Parse(
            $$"""{"event": {"type": "resource.updated", "resourceId": "{{scene.ResourceId}}"} }"""));
        await scene.Vercel.Settle(Cancel);

        Assert.Equal(201, status);
        Assert.Equal("renamed", scene.Installation.Resources[scene.ResourceId].Name);
        Assert.Equal("system", scene.Provider.Requests.Last().Auth);
        Assert.Null(scene.Provider.Requests.Last().IdempotencyKey);
    }

    [Fact]
    public async Task An_event_about_an_unknown_resource_is_not_found()
    {
        await using var scene = await Scene.Set();

        Assert.Equal(404, (await scene.Call(HttpMethod.Post, "/events", JsonNode.Parse(
            """{"event": {"type": "resource.updated", "resourceId": "res_unknown"}}"""))).Status);
    }

    private static void Connect(Scene scene) => scene.Vercel.Dashboard.Connect(
        scene.InstallationId, scene.ResourceId, scene.Vercel.Dashboard.CreateProject(scene.AccountId, "shop").Id);
}
