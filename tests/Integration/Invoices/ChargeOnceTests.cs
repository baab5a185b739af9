using System.Net;
using System.Text.Json.Nodes;
using Marketplace.Integration.Settlement;
using Marketplace.Simulator.Api;

namespace Marketplace.Integration.Invoices;

/// <summary>What the provider charges beside its plans, on an invoice of its own at Vercel and in the statement. Contract §D.8.</summary>
public sealed class ChargeOnceTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_is_invoiced_at_once_and_the_months_own_invoice_bills_the_rest()
    {
        await using var story = await SettlementStory.Begin();
        var tool = await story.Acme.Provision(await story.Acme.Install());
        story.Acme.Workshop.Count("tool", 2_000);
        await story.Until("2027-01-31T22:00:00Z");

        var key = await story.Acme.NewProviderKey("invoices:write");

        // 1.5 * 120.00 = 180.00.
        var made = (await Charge(story, tool, Body(tool.Id, "Migration", "120.00", "1.5"), key, "once")).Is(HttpStatusCode.Created);
        (await Charge(story, tool, Body(tool.Id, "Migration", "120.00", "1.5"), key, "once")).Is(HttpStatusCode.Created);
        Assert.Equal(("drafted", "180.00", true), (Text(made, "state"), Text(made, "total"), made["oneOff"]!.GetValue<bool>()));
        await story.Settle();
        var sent = Assert.Single(story.Acme.Vercel.State.Installations[tool.Installation].Invoices);
        Assert.Equal((Text(made, "id"), 180.00m), (sent.ExternalId, sent.Total));
        Assert.Equal(("Migration", "pro"), (Assert.Single(sent.Items).Name, sent.Items[0].BillingPlanId));

        await story.Until("2027-02-01T06:00:00Z");
        // January's own, as if nothing had been charged: 12.00 * 3 / 744 = 0.048… -> 0.05, and 2,000 * 0.001 = 2.00.
        Assert.Equal([180.00m, 2.05m], story.Acme.Vercel.State.Installations[tool.Installation].Invoices.Select(invoice => invoice.Total));
        Assert.Empty(story.Acme.Vercel.State.Findings);

        var statement = (await story.Acme.Provide(
            HttpMethod.Get, $"/installations/{tool.Installation}/statements/2027-01", await story.Acme.NewProviderKey("billing:read"))).Is(HttpStatusCode.OK);
        var reckoning = statement["reconciliation"]!;
        Assert.Equal(
            ("2.05", "180.00", "182.05", "182.05", "0.00"),
            (Text(reckoning, "charged"), Text(reckoning, "oneOffs"), Text(reckoning, "due"), Text(reckoning, "total"), Text(reckoning, "difference")));
        Assert.Empty(statement["differences"]!.AsArray());
        Assert.Equal(["invoice.Drafted charge once: Asked for by mail"], await story.Acme.AskAll<string>(
            "select kind || ' ' || cause from domain_event where installation_id = $1 and actor like 'key:key_%'", tool.Installation));
    }

    [Fact]
    public async Task Where_its_answer_is_lost_it_is_at_Vercel_once()
    {
        await using var story = await SettlementStory.Begin();
        var tool = await story.Acme.Provision(await story.Acme.Install());
        await story.Until("2027-01-31T22:00:00Z");
        story.Acme.Vercel.Disturbances.Plan(HttpMethod.Post, "/billing/invoices", new Disturbance { LosesAnswer = true });

        var made = (await Charge(story, tool, Body(tool.Id, "Migration", "120.00", "1"))).Is(HttpStatusCode.Created);
        await story.Acme.Work("invoices");
        await story.Acme.BackoffIsOver();
        await story.Settle();

        Assert.Single(story.Acme.Vercel.State.Installations[tool.Installation].Invoices, invoice => invoice.ExternalId == Text(made, "id"));
        await story.Until("2027-02-01T06:00:00Z");
        var after = (await story.Acme.Provide(
            HttpMethod.Get, $"/installations/{tool.Installation}/invoices/{Text(made, "id")}", await story.Acme.NewProviderKey("billing:read"))).Is(HttpStatusCode.OK);
        Assert.Equal("paid", Text(after, "state"));
    }

    [Fact]
    public async Task Two_within_one_second_for_one_resource_are_two_seconds_apart_and_for_two_resources_two_invoices()
    {
        await using var story = await SettlementStory.Begin();
        var installation = await story.Acme.Install();
        var (one, two) = (await story.Acme.Provision(installation, "one"), await story.Acme.Provision(installation, "two"));
        await story.Until("2027-01-31T22:00:00Z");

        (await Charge(story, one, Body(one.Id, "Migration", "10.00", "1"))).Is(HttpStatusCode.Created);
        (await Charge(story, one, Body(one.Id, "Support", "10.00", "1"))).IsProblem(HttpStatusCode.Conflict, "another-invoice-is-due");
        (await Charge(story, two, Body(two.Id, "Migration", "10.00", "1"))).Is(HttpStatusCode.Created);
        story.Acme.Pass(TimeSpan.FromSeconds(1));
        (await Charge(story, one, Body(one.Id, "Support", "10.00", "1"))).Is(HttpStatusCode.Created);
        await story.Settle();

        Assert.Equal(3, story.Acme.Vercel.State.Installations[installation].Invoices.Count);
        Assert.Empty(story.Acme.Vercel.State.Findings);
    }

    [Fact]
    public async Task What_is_wrong_is_named_and_what_cannot_be_billed_is_refused()
    {
        await using var story = await SettlementStory.Begin();
        var tool = await story.Acme.Provision(await story.Acme.Install());
        await story.Until("2027-01-31T22:00:00Z");

        var wrong = (await Charge(story, tool, new JsonObject { ["lines"] = new JsonArray(new JsonObject { ["name"] = "x", ["price"] = "-1" }) }))
            .IsProblem(HttpStatusCode.BadRequest, "invalid-request");
        Assert.Equal(
            ["#/lines/0/price", "#/lines/0/quantity", "#/lines/0/units", "#/reason"], wrong["errors"]!.AsArray().Select(error => Text(error!, "pointer")));
        (await Charge(story, tool, Body(tool.Id, "Too little", "0.49", "1"))).IsProblem(HttpStatusCode.Conflict, "too-little");
        (await Charge(story, tool, Body("res_none", "Migration", "10.00", "1"))).IsProblem(HttpStatusCode.Conflict, "no-subscription");
        (await Charge(story, tool, Body(null, "Migration", "10.00", "1"))).IsProblem(HttpStatusCode.Conflict, "no-subscription");
        (await Charge(story, tool with { Installation = "icfg_none" }, Body(tool.Id, "Migration", "10.00", "1"))).IsProblem(HttpStatusCode.NotFound, "not-found");
        (await story.Acme.Provide(
            HttpMethod.Post, $"/installations/{tool.Installation}/invoices", await story.Acme.NewProviderKey("billing:write"), Body(tool.Id, "Migration", "10.00", "1")))
            .IsProblem(HttpStatusCode.Forbidden, "insufficient-scope");

        // January is over and its invoice not made: behind this one nothing could bill the month.
        story.Acme.Vercel.Clock.MoveTo(new DateTimeOffset(2027, 2, 1, 0, 0, 5, TimeSpan.Zero));
        (await Charge(story, tool, Body(tool.Id, "Migration", "10.00", "1"))).IsProblem(HttpStatusCode.Conflict, "another-invoice-is-due");
        await story.Acme.Customer.Uninstall(tool.Installation, Cancel);
        (await Charge(story, tool, Body(tool.Id, "Migration", "10.00", "1"))).IsProblem(HttpStatusCode.Conflict, "installation-uninstalled");
        Assert.Equal(0, await story.Acme.Ask<long>("select count(*) from invoice where one_off"));
    }

    private static string Text(JsonNode node, string name) => node[name]!.GetValue<string>();

    private static JsonObject Body(string? resource, string name, string price, string quantity)
    {
        var line = new JsonObject { ["name"] = name, ["price"] = price, ["quantity"] = quantity, ["units"] = "hours" };
        if (resource is not null)
            line["resourceId"] = resource;
        return new JsonObject { ["lines"] = new JsonArray(line), ["reason"] = "Asked for by mail" };
    }

    private static async Task<Answer> Charge(SettlementStory story, Provisioned tool, JsonObject body, string? key = null, string? idempotencyKey = null) =>
        await story.Acme.Provide(
            HttpMethod.Post, $"/installations/{tool.Installation}/invoices", key ?? await story.Acme.NewProviderKey("invoices:write"), body,
            idempotencyKey: idempotencyKey);
}
