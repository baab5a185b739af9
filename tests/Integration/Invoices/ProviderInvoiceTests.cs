using System.Net;
using System.Text.Json.Nodes;
using Marketplace.Integration.Settlement;

namespace Marketplace.Integration.Invoices;

/// <summary>GET /provider/v1/installations/{id}/invoices: what was billed and what became of it, page by page.</summary>
public sealed class ProviderInvoiceTests
{
    [Fact]
    public async Task An_invoice_shows_what_it_says_and_how_it_stands()
    {
        await using var story = await SettlementStory.Begin();
        var tool = await story.Acme.Provision(await story.Acme.Install());
        story.Acme.Workshop.Count("tool", 2_000);
        await story.Until("2027-02-01T03:00:00Z");
        var key = await story.Acme.NewProviderKey("billing:read");

        var list = (await Get(story, key, $"/installations/{tool.Installation}/invoices")).Is(HttpStatusCode.OK);
        var invoice = Assert.Single(list["invoices"]!.AsArray())!;
        Assert.Null(list["nextCursor"]);

        // 12.00 * 3 / 744 = 0.048… -> 0.05; 2,000 * 0.001 = 2.00.
        Assert.Equal(("paid", "2.05", "0.00"), (Text(invoice, "state"), Text(invoice, "total"), Text(invoice, "refunded")));
        Assert.Equal(["0.05", "2.00"], invoice["lines"]!.AsArray().Select(line => Text(line!, "total")));
        Assert.Equal(["base", "metered"], invoice["lines"]!.AsArray().Select(line => Text(line!, "kind")));
        Assert.All(invoice["lines"]!.AsArray(), line => Assert.Equal(tool.Id, Text(line!, "resourceId")));
        Assert.Equal(story.InvoiceAtVercel(tool).Id, Text(invoice, "vercelInvoiceId"));
        Assert.Equal(story.InvoiceAtVercel(tool).ExternalId, Text(invoice, "id"));
        Assert.Empty(invoice["refunds"]!.AsArray());

        var one = (await Get(story, key, $"/installations/{tool.Installation}/invoices/{Text(invoice, "id")}")).Is(HttpStatusCode.OK);
        Assert.True(JsonNode.DeepEquals(invoice, one), $"{invoice} is not {one}");
    }

    [Fact]
    public async Task Pages_follow_each_other_newest_first_without_a_gap_or_a_repetition()
    {
        await using var story = await SettlementStory.Begin();
        var tool = await story.Acme.Provision(await story.Acme.Install());
        // Two years of invoices, as if they had been made.
        await story.Acme.Execute(
            """
            insert into invoice (installation_id, external_id, period_start, period_end, invoice_date, final, total, state, changed_at,
                billing_period_start, billing_period_end, take_up, rest)
            select $1, 'inv-' || month, at, at + interval '1 month', at, false, 0, 'skipped', at, at, at + interval '1 month', false, 'nothing'
            from generate_series(1, 24) as month, lateral (select '2025-01-01T00:00:00Z'::timestamptz + month * interval '1 month' as at) as began
            """,
            tool.Installation);
        var key = await story.Acme.NewProviderKey("billing:read");

        var (seen, cursor, pages) = (new List<string>(), "", 0);
        do
        {
            var page = (await Get(story, key, $"/installations/{tool.Installation}/invoices?limit=10{cursor}")).Is(HttpStatusCode.OK);
            seen.AddRange(page["invoices"]!.AsArray().Select(invoice => Text(invoice!, "id")!));
            cursor = page["nextCursor"] is { } next ? $"&cursor={next.GetValue<string>()}" : "";
            pages++;
        }
        while (cursor.Length > 0);

        Assert.Equal(3, pages);
        Assert.Equal(Enumerable.Range(1, 24).Reverse().Select(month => $"inv-{month}"), seen);
    }

    [Fact]
    public async Task What_cannot_be_answered_is_refused()
    {
        await using var story = await SettlementStory.Begin();
        var installation = await story.Acme.Install();
        var key = await story.Acme.NewProviderKey("billing:read");

        Assert.Empty((await Get(story, key, $"/installations/{installation}/invoices")).Is(HttpStatusCode.OK)["invoices"]!.AsArray());
        (await Get(story, key, "/installations/icfg_nobody/invoices")).IsProblem(HttpStatusCode.NotFound, "not-found");
        (await Get(story, key, $"/installations/{installation}/invoices/none")).IsProblem(HttpStatusCode.NotFound, "not-found");
        (await Get(story, key, $"/installations/{installation}/invoices?limit=0")).IsProblem(HttpStatusCode.BadRequest, "invalid-request");
        (await Get(story, key, $"/installations/{installation}/invoices?limit=201")).IsProblem(HttpStatusCode.BadRequest, "invalid-request");
        foreach (var cursor in (string[])["x", "%20", "bm8gY3Vyc29y", "OTk5OTk5OTk5OTk5OTk5OTk5OSBpbnY"])
            (await Get(story, key, $"/installations/{installation}/invoices?cursor={cursor}")).IsProblem(HttpStatusCode.BadRequest, "invalid-request");
    }

    private static Task<Answer> Get(SettlementStory story, string key, string path) => story.Acme.Provide(HttpMethod.Get, path, key);

    private static string? Text(JsonNode json, string name) => json[name]?.GetValue<string>();
}
