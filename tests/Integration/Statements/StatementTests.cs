using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Marketplace.Integration.Settlement;

namespace Marketplace.Integration.Statements;

/// <summary>GET /provider/v1/installations/{id}/statements: from what was measured to what was paid, for as long as anybody asks.</summary>
/// <remarks>
/// January: pro for 1.5 h of 744 h of 12.00, 12.00 * 1.5 / 744 = 0.0241… -> 0.02; 2,000 jobs on pro * 0.001 = 2.00; 3,000 more on free cost
/// nothing. Invoiced and paid: 2.02. Paid back: 0.50. Left: 1.52.
/// </remarks>
public sealed class StatementTests
{
    private const string Reason = "=HYPERLINK(\"http://x\",\"A day\"), sorry";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_period_is_stated_from_what_was_measured_to_what_was_paid_back()
    {
        await using var story = await SettlementStory.Begin();
        var (tool, invoice) = await January(story);

        var stated = await Get(story, tool, "2027-01");

        Assert.Equal(("2027-01-01", true), (Text(stated["period"]!, "name"), stated["closed"]!.GetValue<bool>()));
        var jobs = Assert.Single(stated["usage"]!.AsArray())!;
        Assert.Equal(("jobs", "interval", 5_000m), (Text(jobs, "metric"), Text(jobs, "type"), jobs["quantity"]!.GetValue<decimal>()));
        Assert.Equal(
            await story.Acme.Ask<long>("select count(*) from measurement where measured_at <= '2027-02-01T00:00:00Z'"),
            jobs["readings"]!.GetValue<long>());
        Assert.Equal("2.02", Text(stated["charges"]!, "total"));
        Assert.Equal(["0.02", "2.00"], stated["charges"]!["lines"]!.AsArray().Select(line => Text(line!, "total")));
        var one = Assert.Single(stated["invoices"]!.AsArray())!;
        Assert.Equal((invoice, "refunded", "2.02"), (Text(one, "id"), Text(one, "state"), Text(one, "total")));
        Assert.Equal(story.InvoiceAtVercel(tool).Id, Text(one, "vercelInvoiceId"));
        Assert.True(JsonNode.DeepEquals(stated["charges"]!["lines"], one["lines"]), $"{one["lines"]}");
        Assert.Equal(("1.52", "0.50", "0.00"), (Text(one["outcome"]!, "paid"), Text(one["outcome"]!, "refunded"), Text(one["outcome"]!, "open")));
        Assert.Equal([("0.50", "refunded", Reason)], one["refunds"]!.AsArray()
            .Select(refund => (Text(refund!, "amount"), Text(refund!, "state"), Text(refund!, "reason"))));
        var sums = stated["reconciliation"]!;
        Assert.Equal(("2.02", "0.00", "2.02", "2.02", "0.00"), (
            Text(sums, "charged"), Text(sums, "notInvoiced"), Text(sums, "due"), Text(sums, "total"), Text(sums, "difference")));
        Assert.Empty(stated["differences"]!.AsArray());
        Assert.Empty(story.Acme.Vercel.State.Findings);

        // What was carried out in February is nothing yet.
        var february = await Get(story, tool, "2027-02-01");
        Assert.False(february["closed"]!.GetValue<bool>());
        Assert.Empty(february["invoices"]!.AsArray());
        Assert.Equal(("0.00", "0.00"), (Text(february["reconciliation"]!, "charged"), Text(february["reconciliation"]!, "notInvoiced")));
    }

    [Fact]
    public async Task As_comma_separated_values_it_says_the_same_and_computes_nothing_in_a_spreadsheet()
    {
        await using var story = await SettlementStory.Begin();
        var (tool, invoice) = await January(story);

        var answer = await Ask(story, Path(tool, "2027-01?format=csv"));
        Assert.Equal((HttpStatusCode.OK, "text/csv"), (answer.Status, answer.MediaType));
        var table = CsvTable.Read(answer.Text);

        Assert.Equal(["5000"], table.Of("usage", "quantity"));
        Assert.Equal(["0.02", "2.00"], table.Of("charge", "amount"));
        Assert.Equal([(invoice, "2.02")], table.Of("invoice", "invoice_id").Zip(table.Of("invoice", "amount")));
        Assert.Equal(2.02m, Sum(table.Of("invoice-line", "amount")));
        Assert.Equal(["0.001"], table.Of("invoice-line", "price").Skip(1));
        Assert.Equal(["-0.50"], table.Of("refund", "amount"));
        // What somebody has typed is text, whatever it begins with; our own numbers may begin with a minus.
        Assert.Equal([$"'{Reason}"], table.Of("refund", "name"));
        Assert.Equal(2.02m, Sum(table.Of("invoice-outcome", "amount")));
        var sums = table.Of("reconciliation", "name").Zip(table.Of("reconciliation", "amount"), (name, amount) => (name, amount))
            .ToDictionary(sum => sum.name, sum => sum.amount, StringComparer.Ordinal);
        Assert.Equal(("2.02", "1.52", "0.50", "0.00"), (sums["charged"], sums["paid"], sums["refunded"], sums["difference"]));
        Assert.All(table.Rows, row => Assert.Equal((tool.Installation, "2027-01-01T00:00:00Z"), (row["installation_id"], row["period_start"])));

        Assert.Equal(answer.Text, (await Ask(story, Path(tool, "2027-01-01"), "text/csv")).Text);
        Assert.Equal(answer.Text, (await Ask(story, Path(tool, "2027-01"), "application/json;q=0.5", "text/csv")).Text);
        (await Ask(story, Path(tool, "2027-01"), "text/csv;q=0.5", "application/json")).Is(HttpStatusCode.OK);
        (await Ask(story, Path(tool, "2027-01?format=json"), "text/csv")).Is(HttpStatusCode.OK);
    }

    [Fact]
    public async Task After_the_end_of_an_installation_it_is_all_still_there()
    {
        await using var story = await SettlementStory.Begin();
        var (tool, _) = await January(story);
        var before = await Get(story, tool, "2027-01");

        await story.Acme.Customer.Uninstall(tool.Installation, Cancel);
        await story.Until("2027-02-02T12:00:00Z");
        Assert.Equal("finalized", await story.Acme.Ask<string>("select stage from installation where installation_id = $1", tool.Installation));

        var after = await Get(story, tool, "2027-01");
        Assert.True(JsonNode.DeepEquals(before, after), $"{after} is not {before}");
        var list = (await Ask(story, $"/installations/{tool.Installation}/statements")).Is(HttpStatusCode.OK);
        Assert.Equal(
            [("2027-02-01", true), ("2027-01-01", true)],
            list["periods"]!.AsArray().Select(period => (Text(period!, "name"), period!["closed"]!.GetValue<bool>())));
        Assert.Empty((await Get(story, tool, "2027-02"))["differences"]!.AsArray());
    }

    [Fact]
    public async Task What_somebody_has_changed_in_the_store_is_a_difference_with_its_name()
    {
        await using var story = await SettlementStory.Begin();
        var (tool, invoice) = await January(story);
        await story.Acme.Execute("update invoice set total = total + 0.01 where installation_id = $1", tool.Installation);

        var named = Assert.Single((await Get(story, tool, "2027-01"))["differences"]!.AsArray())!;
        Assert.Equal(
            ("invoice", invoice, "2.02", "2.03", "0.01"),
            (Text(named, "kind"), Text(named, "about"), Text(named, "expected"), Text(named, "found"), Text(named, "amount")));

        // The line too: then it is not what was measured.
        await story.Acme.Execute(
            "update invoice_line set total = total + 0.01 where installation_id = $1 and kind = 'metered'", tool.Installation);
        named = Assert.Single((await Get(story, tool, "2027-01"))["differences"]!.AsArray())!;
        Assert.Equal(
            ("charges", tool.Id, "2.02", "2.03", "0.01"),
            (Text(named, "kind"), Text(named, "about"), Text(named, "expected"), Text(named, "found"), Text(named, "amount")));
        Assert.Equal(["0.01"], CsvTable.Read((await Ask(story, Path(tool, "2027-01?format=csv"))).Text).Of("difference", "amount"));
    }

    [Fact]
    public async Task What_cannot_be_answered_is_refused()
    {
        await using var story = await SettlementStory.Begin();
        var tool = await story.Acme.Provision(await story.Acme.Install());

        (await Ask(story, Path(tool with { Installation = "icfg_nobody" }, "2027-01"))).IsProblem(HttpStatusCode.NotFound, "not-found");
        (await Ask(story, "/installations/icfg_nobody/statements")).IsProblem(HttpStatusCode.NotFound, "not-found");
        foreach (var period in (string[])["2026-12", "2027-02", "2027-13", "2027", "2027-01-31", "x"])
            (await Ask(story, Path(tool, period))).IsProblem(HttpStatusCode.NotFound, "not-found");
        (await Ask(story, Path(tool, "2027-01?format=xml"))).IsProblem(HttpStatusCode.BadRequest, "invalid-request");
        foreach (var scope in (string[])["billing:write", "usage:write"])
        {
            var key = await story.Acme.NewProviderKey(scope);
            (await story.Acme.Provide(HttpMethod.Get, Path(tool, "2027-01"), key)).IsProblem(HttpStatusCode.Forbidden, "insufficient-scope");
            (await story.Acme.Provide(HttpMethod.Get, $"/installations/{tool.Installation}/statements", key))
                .IsProblem(HttpStatusCode.Forbidden, "insufficient-scope");
        }
    }

    /// <summary>Provisioned on pro at 21:00 of the last day, changed to free at 22:30; paid, and 0.50 of it paid back.</summary>
    private static async Task<(Provisioned Tool, string Invoice)> January(SettlementStory story)
    {
        var tool = await story.Acme.Provision(await story.Acme.Install());
        story.Acme.Workshop.Count("tool", 2_000);
        await story.Until("2027-01-31T22:30:00Z");
        var changed = await story.Acme.Customer.ChangePlan(tool.Installation, tool.Id, "free", Cancel);
        Assert.True(changed is { IsSuccess: true, Findings.IsEmpty: true }, changed.ToString());
        await story.Acme.WorkOff();
        story.Acme.Workshop.Count("tool", 5_000);
        await story.Until("2027-02-01T00:00:00Z");
        await story.Until("2027-02-01T03:00:00Z");
        var id = story.InvoiceAtVercel(tool).ExternalId!;
        var refund = new JsonObject { ["amount"] = "0.50", ["reason"] = Reason };
        (await story.Acme.Provide(
            HttpMethod.Post, $"/installations/{tool.Installation}/invoices/{id}/refunds", await story.Acme.NewProviderKey("billing:write"), refund))
            .Is(HttpStatusCode.Accepted);
        await story.Until("2027-02-01T06:00:00Z");
        return (tool, id);
    }

    private static string Path(Provisioned tool, string period) => $"/installations/{tool.Installation}/statements/{period}";

    private static async Task<JsonNode> Get(SettlementStory story, Provisioned tool, string period) =>
        (await Ask(story, Path(tool, period))).Is(HttpStatusCode.OK);

    private static async Task<Answer> Ask(SettlementStory story, string path, params string[] accepted)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, $"/provider/v1{path}");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", await story.Acme.NewProviderKey("billing:read"));
        foreach (var type in accepted)
            request.Headers.Accept.Add(MediaTypeWithQualityHeaderValue.Parse(type));
        return await story.Acme.Send(request);
    }

    private static decimal Sum(IEnumerable<string> amounts) => amounts.Sum(amount => decimal.Parse(amount, CultureInfo.InvariantCulture));

    private static string? Text(JsonNode json, string name) => json[name]?.GetValue<string>();
}
