using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Marketplace.Simulator.Webhooks;

namespace Marketplace.Integration.Simulator;

/// <summary>Webhooks of any type, twice, late and in another order, by hand and by rule.</summary>
public sealed class WebhookDisturbanceTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_webhook_of_a_type_that_nobody_knows_is_sent_and_sent_again_with_the_same_bytes()
    {
        await using var scene = await Scene.Set();

        var sent = await Post(scene, "/customer/webhooks", """{"type": "marketplace.moon.landed", "payload": {"crew": 2}}""");
        await scene.Vercel.Settle(Cancel);
        await Post(scene, $"/customer/webhooks/{(string)sent!["id"]!}/again");
        await scene.Vercel.Settle(Cancel);

        Assert.Equal(2, scene.Provider.Webhooks.Count);
        Assert.Single(scene.Provider.Webhooks.Distinct());
        Assert.Equal(2, (int?)JsonNode.Parse(scene.Provider.Webhooks.First().Body)!["payload"]!["crew"]);
    }

    [Fact]
    public async Task Webhooks_that_are_held_go_in_the_order_that_is_asked_for()
    {
        await using var scene = await Scene.Set();
        await Post(scene, "/customer/webhooks/hold");
        var ids = Send(scene, 4).ConvertAll(webhook => webhook.Id);
        await scene.Vercel.Settle(Cancel);
        Assert.Empty(scene.Provider.Webhooks);

        await Post(scene, "/customer/webhooks/release", $$"""{"order": ["{{ids[2]}}", "{{ids[0]}}"]}""");
        await scene.Vercel.Settle(Cancel);
        Assert.Equal([ids[2], ids[0], ids[1], ids[3]], Ids(scene));
    }

    [Fact]
    public async Task Webhooks_that_are_held_go_the_newest_first_when_that_is_asked_for()
    {
        await using var scene = await Scene.Set();
        await Post(scene, "/customer/webhooks/hold");
        var ids = Send(scene, 3).ConvertAll(webhook => webhook.Id);

        await Post(scene, "/customer/webhooks/release", """{"reversed": true}""");
        await scene.Vercel.Settle(Cancel);

        Assert.Equal([ids[2], ids[1], ids[0]], Ids(scene));
    }

    [Fact]
    public async Task By_rule_a_webhook_that_was_accepted_comes_once_more()
    {
        await using var scene = await Scene.Set();
        await Post(scene, "/faults", """{"fault": "webhook-twice", "type": "test.", "times": 1}""");

        var ids = Send(scene, 2).ConvertAll(webhook => webhook.Id);
        await scene.Vercel.Settle(Cancel);

        Assert.Equal([ids[0], ids[1], ids[0]], Ids(scene));
    }

    [Fact]
    public async Task By_rule_a_webhook_comes_late_and_others_overtake_it()
    {
        await using var scene = await Scene.Set();
        await Post(scene, "/faults", """{"fault": "webhook-late", "seconds": 60, "times": 1}""");

        var ids = Send(scene, 2).ConvertAll(webhook => webhook.Id);
        await scene.Vercel.Settle(Cancel);
        Assert.Equal([ids[1]], Ids(scene));

        await scene.Vercel.Advance(TimeSpan.FromMinutes(1), Cancel);
        Assert.Equal([ids[1], ids[0]], Ids(scene));
    }

    [Fact]
    public async Task By_rule_those_that_are_due_together_come_in_another_order_the_same_at_every_run()
    {
        var (first, again) = (await Shuffled(), await Shuffled());

        Assert.Equal(first, again);
        Assert.NotEqual(Enumerable.Range(0, 8), first);
        Assert.Equal(Enumerable.Range(0, 8), first.Order());
    }

    private static async Task<List<int>> Shuffled()
    {
        await using var scene = await Scene.Set();
        await Post(scene, "/faults", """{"fault": "webhook-shuffled", "seed": 3}""");
        scene.Vercel.Dashboard.HoldWebhooks();
        var ids = Send(scene, 8).ConvertAll(webhook => webhook.Id);
        scene.Vercel.Dashboard.ReleaseWebhooks();
        await scene.Vercel.Settle(Cancel);
        return Ids(scene).ConvertAll(id => ids.IndexOf(id));
    }

    private static List<Webhook> Send(Scene scene, int count) =>
        [.. Enumerable.Range(0, count).Select(number => scene.Vercel.Dashboard.SendWebhook("test.sent", new JsonObject { ["number"] = number }))];

    private static List<string> Ids(Scene scene) => [.. scene.Provider.Webhooks.Select(webhook => (string)JsonNode.Parse(webhook.Body)!["id"]!)];

    private static async Task<JsonNode?> Post(Scene scene, string path, string body = "{}")
    {
        using var answer = await scene.Http.PostAsJsonAsync(path, JsonNode.Parse(body), Cancel);
        var text = await answer.Content.ReadAsStringAsync(Cancel);
        Assert.True(answer.IsSuccessStatusCode, text);
        return text.Length == 0 ? null : JsonNode.Parse(text);
    }
}
