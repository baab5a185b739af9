using System.Net;
using System.Text.Json.Nodes;

namespace Marketplace.Integration.Webhooks;

/// <summary>What Vercel has told us, as the provider's own backend sees it.</summary>
public sealed class WebhookListTests(Acme acme) : IClassFixture<Acme>
{
    [Fact]
    public async Task What_was_given_up_is_listed_page_by_page_read_one_by_one_and_processed_once_more()
    {
        var installation = await acme.Install();
        await acme.Execute(
            $$"""
            insert into webhook (installation_id, webhook_id, type, body, received_at, attempts, state, last_error, closed_at)
            select '{{installation}}', 'evt_' || number, 'deployment.created', '{}', '2027-01-21T09:30:00Z'::timestamptz + (number / 2) * interval '1 second', 12,
                'dead', 'TimeoutException', '2027-01-21T11:00:00Z'
            from generate_series(1, 5) as number
            """);

        // Two arrived at one time each: they are told apart by their ids.
        Assert.Equal(["evt_4", "evt_5", "evt_2", "evt_3", "evt_1"], await Ids($"/installations/{installation}/webhooks?state=dead"));
        Assert.Equal(["evt_4", "evt_5", "evt_2", "evt_3", "evt_1"], await Ids("/webhooks?"));
        Assert.Empty(await Ids("/webhooks?state=pending"));

        var one = (await Get($"/installations/{installation}/webhooks/evt_3")).Is(HttpStatusCode.OK);
        Assert.Equal(
            (installation, "dead", 12, "TimeoutException", "2027-01-21T11:00:00Z"),
            ((string)one["installation"]!, (string)one["state"]!, (int)one["attempts"]!, (string)one["lastError"]!, (string)one["closedAt"]!));
        (await Get($"/installations/{installation}/webhooks/evt_9")).IsProblem(HttpStatusCode.NotFound, "not-found");

        Assert.Equal(["evt_3"], await Replay(installation, new JsonObject { ["reason"] = "mended", ["id"] = "evt_3" }));
        Assert.Empty(await Replay(installation, new JsonObject { ["reason"] = "mended", ["id"] = "evt_3" }));
        (await Post(installation, new JsonObject { ["reason"] = "mended", ["id"] = "evt_9" })).IsProblem(HttpStatusCode.NotFound, "not-found");
        (await Post(installation, [])).IsProblem(HttpStatusCode.BadRequest, "invalid-request");
        await acme.Work("webhooks");
        Assert.Equal("processed", (string)(await Get($"/installations/{installation}/webhooks/evt_3")).Is(HttpStatusCode.OK)["state"]!);

        Assert.Equal(4, (await Replay(installation, new JsonObject { ["reason"] = "mended" })).Count());
    }

    [Fact]
    public async Task What_is_no_state_no_limit_or_no_cursor_is_refused()
    {
        foreach (var query in new[] { "state=lost", "state=processed", "limit=0", "limit=201", "cursor=nonsense" })
            (await Get($"/webhooks?{query}")).IsProblem(HttpStatusCode.BadRequest, "invalid-request");
    }

    private async Task<IEnumerable<string>> Ids(string path)
    {
        var ids = new List<string>();
        for (string? cursor = ""; cursor is not null;)
        {
            var page = (await Get($"{path}&limit=3{cursor}")).Is(HttpStatusCode.OK);
            ids.AddRange(page["webhooks"]!.AsArray().Select(webhook => (string)webhook!["id"]!));
            cursor = (string?)page["nextCursor"] is { } next ? $"&cursor={next}" : null;
        }

        return ids;
    }

    private async Task<IEnumerable<string>> Replay(string installation, JsonObject body) =>
        (await Post(installation, body)).Is(HttpStatusCode.OK)["replayed"]!.AsArray().Select(id => (string)id!).ToList();

    private async Task<Answer> Post(string installation, JsonObject body) =>
        await acme.Provide(HttpMethod.Post, $"/installations/{installation}/webhooks/replay", await acme.NewProviderKey("webhooks:write"), body);

    private async Task<Answer> Get(string path) => await acme.Provide(HttpMethod.Get, path, await acme.NewProviderKey("webhooks:read"));
}
