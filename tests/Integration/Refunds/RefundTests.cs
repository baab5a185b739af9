using System.Net;
using System.Text.Json.Nodes;
using LanguageExt;
using Marketplace.Core.Installations;
using Marketplace.Core.Refunds;
using Marketplace.Integration.Postgres;
using Marketplace.Integration.Settlement;
using Marketplace.Jobs.Settlement;
using Marketplace.Simulator.Api;
using Marketplace.Simulator.Invoices;
using Microsoft.Extensions.DependencyInjection;

namespace Marketplace.Integration.Refunds;

/// <summary>Money goes back once, and never more than was paid, whatever is lost on the way. Contract §D.8.</summary>
/// <remarks>Each invoice: 3 h of January's 744 h of 12.00, 12.00 * 3 / 744 = 0.048… -> 0.05, and 2,000 jobs * 0.001 = 2.00: 2.05.</remarks>
public sealed class RefundTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Thirty_percent_and_then_the_rest_come_back_and_nothing_more()
    {
        await using var story = await SettlementStory.Begin();
        var (tool, id) = await Paid(story);

        // 2.05 * 0.30 = 0.615 -> 0.62.
        var part = (await Refund(story, tool, id, "0.62", "A day without service")).Is(HttpStatusCode.Accepted);
        Assert.Equal(("requested", "0.62", id), (Text(part, "state"), Text(part, "amount"), Text(part, "invoiceId")));
        (await Refund(story, tool, id, "0.62", "A day without service")).IsProblem(HttpStatusCode.Conflict, "refund-under-way");
        await story.Until("2027-02-01T06:00:00Z");
        var after = await Get(story, tool, id);
        Assert.Equal(("refunded", "0.62"), (Text(after, "state"), Text(after, "refunded")));
        Assert.Equal("refunded", Text(Assert.Single(after["refunds"]!.AsArray())!, "state"));

        // 2.05 - 0.62 = 1.43 is left.
        (await Refund(story, tool, id, "1.44", "Too much")).IsProblem(HttpStatusCode.Conflict, "more-than-is-left");
        var rest = (await Refund(story, tool, id, amount: null, "All of it")).Is(HttpStatusCode.Accepted);
        Assert.Equal("1.43", Text(rest, "amount"));
        await story.Until("2027-02-01T09:00:00Z");
        after = await Get(story, tool, id);
        Assert.Equal(("refunded", "2.05"), (Text(after, "state"), Text(after, "refunded")));
        Assert.Equal(2.05m, story.InvoiceAtVercel(tool).RefundTotal);
        (await Refund(story, tool, id, "0.01", "One more")).IsProblem(HttpStatusCode.Conflict, "more-than-is-left");

        Assert.Equal(["0.62", "1.43"], Actions(story).Select(call => call.Body.GetProperty("total").GetString()));
        Assert.Equal(
            ["refund.Requested", "refund.Sent", "refund.Accepted", "refund.Completed"], (await story.Events(tool, "refund")).Take(4));
        Assert.Equal(8, (await story.Events(tool, "refund")).Count);
        Assert.Empty(story.Acme.Vercel.State.Findings);
    }

    [Fact]
    public async Task More_than_the_invoice_is_refused_and_never_sent()
    {
        await using var story = await SettlementStory.Begin();
        var (tool, id) = await Paid(story);

        (await Refund(story, tool, id, "2.06", "Too much")).IsProblem(HttpStatusCode.Conflict, "more-than-is-left");
        await story.Settle();

        Assert.Empty(Actions(story));
        Assert.Equal(0, await story.Acme.Ask<long>("select count(*) from invoice_refund"));
    }

    [Fact]
    public async Task A_refund_whose_answer_was_lost_is_looked_for_and_not_sent_twice()
    {
        await using var story = await SettlementStory.Begin();
        var (tool, id) = await Paid(story);
        story.LoseWebhooks();
        story.Acme.Vercel.Disturbances.Plan(HttpMethod.Post, "/actions", new Disturbance { LosesAnswer = true });

        (await Refund(story, tool, id, "0.50", "Outage")).Is(HttpStatusCode.Accepted);
        await story.Acme.Work("settlement");
        Assert.Equal("sent", await State(story, tool));
        await story.Acme.BackoffIsOver();
        await story.Acme.Work("settlement");
        Assert.Equal("accepted", await State(story, tool));
        await story.Until("2027-02-01T09:00:00Z");

        Assert.Equal("refunded", await State(story, tool));
        Assert.Single(Actions(story));
        Assert.Equal(0.50m, story.InvoiceAtVercel(tool).RefundTotal);
    }

    [Fact]
    public async Task A_webhook_that_does_not_say_how_much_was_paid_back_has_Vercel_asked()
    {
        await using var story = await SettlementStory.Begin();
        var (tool, id) = await Paid(story);
        story.LoseWebhooks();
        (await Refund(story, tool, id, "0.50", "Outage")).Is(HttpStatusCode.Accepted);
        await story.Until("2027-02-01T03:00:00Z");
        story.Acme.Pass(TimeSpan.FromHours(2));
        await story.Acme.Vercel.Settle(Cancel);
        // Nobody would look by himself for a day.
        await story.Acme.Execute("update invoice_look set due_at = due_at + interval '1 day'");
        await story.Acme.Work("settlement");
        Assert.Equal("accepted", await State(story, tool));

        var told = JsonNode.Parse(story.Acme.Vercel.State.Webhooks.Last(webhook => webhook.Type == "marketplace.invoice.refunded").Body)!;
        Assert.True(told["payload"]!.AsObject().Remove("amount"));
        Assert.Equal(HttpStatusCode.OK, (await story.Acme.Webhook(told.ToJsonString())).Status);
        await story.Acme.Work();

        var after = await Get(story, tool, id);
        Assert.Equal(("refunded", "0.50"), (Text(after, "state"), Text(after, "refunded")));
        Assert.Equal("refunded", await State(story, tool));
    }

    [Fact]
    public async Task A_refund_whose_answer_was_lost_and_which_is_over_when_somebody_looks_is_not_sent_twice()
    {
        await using var story = await SettlementStory.Begin();
        var (tool, id) = await Paid(story);
        // A first one is over already, so that "refunded" alone says nothing of the second.
        (await Refund(story, tool, id, "0.50", "Outage")).Is(HttpStatusCode.Accepted);
        await story.Until("2027-02-01T06:00:00Z");
        story.Acme.Vercel.Disturbances.Plan(HttpMethod.Post, "/actions", new Disturbance { LosesAnswer = true });

        (await Refund(story, tool, id, "0.50", "Outage again")).Is(HttpStatusCode.Accepted);
        await story.Acme.Work("settlement");
        story.Acme.Pass(TimeSpan.FromHours(2));
        await story.Acme.Vercel.Settle(Cancel);
        Assert.Equal(InvoiceState.Refunded, story.InvoiceAtVercel(tool).State);
        await story.Acme.BackoffIsOver();
        await story.Settle();

        Assert.Equal(["refunded", "refunded"], await States(story, tool));
        Assert.Equal(2, Actions(story).Count);
        Assert.Equal(1.00m, story.InvoiceAtVercel(tool).RefundTotal);
    }

    [Fact]
    public async Task A_refund_that_never_arrived_is_sent_again_after_a_look()
    {
        await using var story = await SettlementStory.Begin();
        var (tool, id) = await Paid(story);
        story.Acme.Vercel.Disturbances.Plan(HttpMethod.Post, "/actions", Disturbance.Fails(503));

        (await Refund(story, tool, id, "0.50", "Outage")).Is(HttpStatusCode.Accepted);
        await story.Acme.Work("settlement");
        Assert.Equal("sent", await State(story, tool));
        // It may still arrive, though Vercel does not know it: two of them would both be paid.
        await story.Acme.BackoffIsOver();
        await story.Acme.Work("settlement");
        Assert.Equal([503], Actions(story).Select(call => call.Status));
        story.Acme.Pass(TimeSpan.FromMinutes(5));
        await story.Acme.Work("settlement");

        Assert.Equal("accepted", await State(story, tool));
        Assert.Equal([503, 204], Actions(story).Select(call => call.Status));
        Assert.Equal(0.50m, story.InvoiceAtVercel(tool).RefundTotal);
    }

    [Fact]
    public async Task Of_two_workers_that_know_of_a_refund_which_was_never_sent_one_sends_it()
    {
        await using var story = await SettlementStory.Begin();
        var (tool, id) = await Paid(story);
        (await Refund(story, tool, id, "0.50", "Outage")).Is(HttpStatusCode.Accepted);
        var store = story.Acme.Server.Services.GetRequiredService<ISettlement>();
        var installation = new InstallationId(tool.Installation);
        var (refund, _) = Assert.Single((await store.Load(installation, story.Acme.Now, Cancel)).Refunds);

        var never = new RefundCommand.Send(Option<DateTimeOffset>.None);
        Assert.True(await store.Apply(installation, refund, never, story.Acme.Now, Cancel));
        Assert.False(await store.Apply(installation, refund, never, story.Acme.Now, Cancel));

        // Whoever comes later looks first; then it is sent again by one of them, once it cannot be on its way any more.
        var sent = Assert.IsType<Refund.Sent>(Assert.Single((await store.Load(installation, story.Acme.Now, Cancel)).Refunds).Refund);
        var again = new RefundCommand.Send(sent.SentAt);
        Assert.False(await store.Apply(installation, sent, again, story.Acme.Now.AddMinutes(4.9), Cancel));
        Assert.True(await store.Apply(installation, sent, again, story.Acme.Now.AddMinutes(5), Cancel));
        Assert.False(await store.Apply(installation, sent, again, story.Acme.Now.AddMinutes(11), Cancel));
    }

    [Fact]
    public async Task A_process_that_dies_after_the_call_leaves_nothing_to_send_twice()
    {
        await using var story = await SettlementStory.Begin();
        var (tool, id) = await Paid(story);
        (await Refund(story, tool, id, "0.50", "Outage")).Is(HttpStatusCode.Accepted);
        await using (await RefusedWrites.To(story.Acme, "invoice_refund", "update", "new.state = 'accepted'"))
            await story.Acme.Work("settlement");
        Assert.Equal("sent", await State(story, tool));

        await story.Acme.BackoffIsOver();
        await story.Settle();

        Assert.Equal("accepted", await State(story, tool));
        Assert.Single(Actions(story));
    }

    [Fact]
    public async Task Vercel_is_left_alone_for_as_long_as_it_asks_and_then_asked_again()
    {
        await using var story = await SettlementStory.Begin();
        var (tool, id) = await Paid(story);
        story.Acme.Vercel.Disturbances.Plan(
            HttpMethod.Post, "/actions", Disturbance.Fails(429) with { RetryAfter = TimeSpan.FromMinutes(20) });

        (await Refund(story, tool, id, "0.50", "Outage")).Is(HttpStatusCode.Accepted);
        await story.Acme.Work("settlement");

        var wait = await story.Acme.Ask<double>(
            "select extract(epoch from next_attempt_at - clock_timestamp())::float8 from billing_schedule where installation_id = $1 and work = 'settlement'",
            tool.Installation);
        Assert.InRange(wait, 19 * 60, 20 * 60);
        await story.Acme.Work("settlement");
        Assert.Single(Actions(story));
    }

    [Fact]
    public async Task A_refusal_of_Vercels_is_kept_with_its_reason_and_another_refund_may_follow()
    {
        await using var story = await SettlementStory.Begin();
        var (tool, id) = await Paid(story);
        story.Acme.Vercel.Disturbances.Plan(HttpMethod.Post, "/actions", Disturbance.Fails(400));

        (await Refund(story, tool, id, "0.50", "Outage")).Is(HttpStatusCode.Accepted);
        await story.Settle();
        var refund = Assert.Single((await Get(story, tool, id))["refunds"]!.AsArray())!;
        Assert.Equal("failed", Text(refund, "state"));
        Assert.StartsWith("400", Text(refund, "failure"), StringComparison.Ordinal);
        Assert.Equal("0.00", Text(await Get(story, tool, id), "refunded"));

        (await Refund(story, tool, id, "0.50", "Outage")).Is(HttpStatusCode.Accepted);
        await story.Until("2027-02-01T06:00:00Z");
        Assert.Equal(["failed", "refunded"], await States(story, tool));
    }

    [Fact]
    public async Task An_invoice_that_could_not_be_charged_is_cancelled_as_a_whole_and_the_customer_stands_as_before()
    {
        await using var story = await SettlementStory.Begin();
        var (tool, id) = await Invoiced(story, cardFails: true);
        Assert.Equal("warned", await story.Standing(tool));

        (await Refund(story, tool, id, "1.00", "A part")).IsProblem(HttpStatusCode.Conflict, "not-paid");
        Assert.Equal("2.05", Text((await Refund(story, tool, id, amount: null, "Never mind")).Is(HttpStatusCode.Accepted), "amount"));
        await story.Until("2027-02-01T09:00:00Z");

        Assert.Equal("refunded", await State(story, tool));
        Assert.Null(await story.Standing(tool));
        Assert.Equal("refunded", await story.InvoiceState(tool));
    }

    [Fact]
    public async Task Asked_again_under_the_same_key_it_is_the_same_refund()
    {
        await using var story = await SettlementStory.Begin();
        var (tool, id) = await Paid(story);

        var first = (await Refund(story, tool, id, "0.50", "Outage", "key-1")).Is(HttpStatusCode.Accepted);
        await story.Until("2027-02-01T06:00:00Z");
        var again = (await Refund(story, tool, id, "0.50", "Outage", "key-1")).Is(HttpStatusCode.Accepted);
        (await Refund(story, tool, id, "0.60", "Outage", "key-1")).IsProblem(HttpStatusCode.UnprocessableEntity, "idempotency-key-reused");
        await story.Settle();

        Assert.Equal(Text(first, "id"), Text(again, "id"));
        Assert.Equal("refunded", Text(again, "state"));
        Assert.Single(Actions(story));

        // Many at one moment, under one key.
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Refund(story, tool, id, "0.25", "Outage", "key-2")));
        Assert.Single(answers.Select(answer => Text(answer.Is(HttpStatusCode.Accepted), "id")).Distinct());
    }

    [Fact]
    public async Task After_the_end_of_an_installation_only_support_can_refund()
    {
        await using var story = await SettlementStory.Begin();
        var (tool, id) = await Paid(story);
        await story.Acme.Customer.Uninstall(tool.Installation, Cancel);
        await story.Until("2027-02-02T12:00:00Z");
        Assert.Equal("finalized", await Stage(story, tool));

        var refused = (await Refund(story, tool, id, "0.50", "Outage")).IsProblem(HttpStatusCode.Conflict, "installation-final");

        Assert.Contains("support", Text(refused, "detail"), StringComparison.Ordinal);
        Assert.Empty(Actions(story));
        // What was billed stays on record.
        Assert.Equal("paid", Text(await Get(story, tool, id), "state"));
    }

    [Fact]
    public async Task An_uninstall_does_not_end_before_a_refund_is_sent()
    {
        await using var story = await SettlementStory.Begin();
        var (tool, id) = await Paid(story);
        story.Acme.Vercel.Disturbances.Plan(HttpMethod.Post, "/actions", Disturbance.Fails(503));
        (await Refund(story, tool, id, "0.50", "Outage")).Is(HttpStatusCode.Accepted);
        await story.Acme.Work("settlement");
        Assert.Equal("sent", await State(story, tool));

        await story.Acme.Customer.Uninstall(tool.Installation, Cancel);
        await story.Acme.Work("operations", "usage", "invoices", "finalization");
        Assert.Equal("uninstalling", await Stage(story, tool));
        await story.Acme.BackoffIsOver();
        story.Acme.Pass(TimeSpan.FromMinutes(5));
        await story.Until("2027-02-02T12:00:00Z");

        Assert.Equal("refunded", await State(story, tool));
        Assert.Equal("finalized", await Stage(story, tool));
    }

    [Fact]
    public async Task An_uninstall_with_nothing_left_to_bill_is_not_final_at_once_where_a_refund_is_still_to_be_sent()
    {
        await using var story = await SettlementStory.Begin();
        var tool = await story.Acme.Provision(await story.Acme.Install());
        story.Acme.Workshop.Count("tool", 2_000);
        await story.Until("2027-02-01T00:00:00Z");
        (await story.Acme.Delete(tool.Path, story.Acme.Admin(tool.Installation))).IsEmpty();
        await story.Until("2027-03-01T06:00:00Z");
        (await Refund(story, tool, story.Acme.Vercel.State.Installations[tool.Installation].Invoices[0].ExternalId!, "0.50", "Outage"))
            .Is(HttpStatusCode.Accepted);

        Assert.Equal("""{"finalized":false}""", (await story.Acme.Customer.Uninstall(tool.Installation, Cancel)).Body);
        await story.Until("2027-03-01T09:00:00Z");

        Assert.Equal("refunded", await State(story, tool));
        Assert.Equal("finalized", await Stage(story, tool));
    }

    [Fact]
    public async Task What_was_not_sent_when_the_window_closed_has_failed_with_its_reason_and_somebody_is_called()
    {
        await using var story = await SettlementStory.Begin();
        var (tool, id) = await Paid(story);
        var refund = (await Refund(story, tool, id, "0.50", "Outage")).Is(HttpStatusCode.Accepted);
        await story.Acme.Customer.Uninstall(tool.Installation, Cancel);

        await FinalByForce(story, tool);

        var after = Assert.Single((await Get(story, tool, id))["refunds"]!.AsArray())!;
        Assert.Equal("failed", Text(after, "state"));
        Assert.Contains("support", Text(after, "failure"), StringComparison.Ordinal);
        Assert.Contains(
            story.Acme.Server.Log.Lines,
            line => line.StartsWith("Error", StringComparison.Ordinal) && line.Contains(Text(refund, "id")!, StringComparison.Ordinal)
                && line.Contains(id, StringComparison.Ordinal));
        Assert.Empty(Actions(story));
        await story.Settle();
        Assert.Empty(Actions(story));
    }

    [Fact]
    public async Task What_had_no_answer_when_the_window_closed_is_unknown_until_a_webhook_tells_of_it()
    {
        await using var story = await SettlementStory.Begin();
        var (tool, id) = await Paid(story);
        story.LoseWebhooks();
        story.Acme.Vercel.Disturbances.Plan(HttpMethod.Post, "/actions", new Disturbance { LosesAnswer = true });
        (await Refund(story, tool, id, "0.50", "Outage")).Is(HttpStatusCode.Accepted);
        await story.Acme.Work("settlement");
        await story.Acme.Customer.Uninstall(tool.Installation, Cancel);

        await FinalByForce(story, tool);
        Assert.Equal("unknown", Text(Assert.Single((await Get(story, tool, id))["refunds"]!.AsArray())!, "state"));
        Assert.Contains(story.Acme.Server.Log.Lines, line => line.Contains("only Vercel's support", StringComparison.Ordinal));

        await story.TellEverythingTwiceAndBackwards(tool.Installation);
        var after = await Get(story, tool, id);
        Assert.Equal(("refunded", "0.50"), (Text(after["refunds"]![0]!, "state"), Text(after, "refunded")));
        Assert.Single(Actions(story));
    }

    [Fact]
    public async Task What_is_wrong_is_named_and_who_may_not_move_money_moves_none()
    {
        await using var story = await SettlementStory.Begin();
        var (tool, id) = await Paid(story);

        var wrong = (await Refund(story, tool, id, "-1", " ")).IsProblem(HttpStatusCode.BadRequest, "invalid-request");
        Assert.Equal(["#/amount"], wrong["errors"]!.AsArray().Select(error => Text(error!, "pointer")));
        wrong = (await Refund(story, tool, id, "0.005", " ")).IsProblem(HttpStatusCode.BadRequest, "invalid-request");
        Assert.Equal(["#/amount", "#/reason"], wrong["errors"]!.AsArray().Select(error => Text(error!, "pointer")));
        (await Refund(story, tool, "no-such-invoice", "0.50", "Outage")).IsProblem(HttpStatusCode.NotFound, "not-found");
        (await Refund(story, tool with { Installation = "icfg_nobody" }, id, "0.50", "Outage")).IsProblem(HttpStatusCode.NotFound, "not-found");
        var reader = await story.Acme.NewProviderKey("billing:read");
        (await story.Acme.Provide(HttpMethod.Post, $"{Path(tool, id)}/refunds", reader, new JsonObject { ["reason"] = "Outage" }))
            .IsProblem(HttpStatusCode.Forbidden, "insufficient-scope");
        var writer = await story.Acme.NewProviderKey("billing:write");
        (await story.Acme.Provide(HttpMethod.Get, Path(tool, id), writer)).IsProblem(HttpStatusCode.Forbidden, "insufficient-scope");
        Assert.Equal(0, await story.Acme.Ask<long>("select count(*) from invoice_refund"));
    }

    private static Task<(Provisioned Tool, string Id)> Paid(SettlementStory story) => Invoiced(story, cardFails: false);

    private static async Task<(Provisioned Tool, string Id)> Invoiced(SettlementStory story, bool cardFails)
    {
        var tool = await story.Acme.Provision(await story.Acme.Install());
        story.Acme.Workshop.Count("tool", 2_000);
        if (cardFails)
            story.Acme.CardFails(tool.Installation);
        await story.Until("2027-02-01T03:00:00Z");
        Assert.Equal(cardFails ? "notpaid" : "paid", await story.InvoiceState(tool));
        return (tool, story.InvoiceAtVercel(tool).ExternalId!);
    }

    /// <summary>Nobody settles anything until Vercel's window is over.</summary>
    private static async Task FinalByForce(SettlementStory story, Provisioned tool)
    {
        await story.Acme.Work("operations", "usage", "invoices");
        story.Acme.Pass(TimeSpan.FromHours(24) + TimeSpan.FromMinutes(1));
        await story.Acme.Vercel.Settle(Cancel);
        await story.Acme.Work("finalization");
        Assert.Equal("finalized", await Stage(story, tool));
    }

    private static Task<string?> Stage(SettlementStory story, Provisioned tool) =>
        story.Acme.Ask<string>("select stage from installation where installation_id = $1", tool.Installation);

    private static async Task<Answer> Refund(
        SettlementStory story, Provisioned tool, string id, string? amount, string reason, string? key = null)
    {
        var body = new JsonObject { ["reason"] = reason };
        if (amount is not null)
            body["amount"] = amount;
        return await story.Acme.Provide(
            HttpMethod.Post, $"{Path(tool, id)}/refunds", await story.Acme.NewProviderKey("billing:write"), body, idempotencyKey: key);
    }

    private static async Task<JsonNode> Get(SettlementStory story, Provisioned tool, string id) =>
        (await story.Acme.Provide(HttpMethod.Get, Path(tool, id), await story.Acme.NewProviderKey("billing:read"))).Is(HttpStatusCode.OK);

    private static string Path(Provisioned tool, string id) => $"/installations/{tool.Installation}/invoices/{id}";

    private static List<ApiCall> Actions(SettlementStory story) =>
        [.. story.Acme.Vercel.Calls.Where(call => call.Path.EndsWith("/actions", StringComparison.Ordinal))];

    private static Task<string?> State(SettlementStory story, Provisioned tool) =>
        story.Acme.Ask<string>("select state from invoice_refund where installation_id = $1 order by requested_at", tool.Installation);

    private static Task<IReadOnlyList<string>> States(SettlementStory story, Provisioned tool) =>
        story.Acme.AskAll<string>("select state from invoice_refund where installation_id = $1 order by requested_at", tool.Installation);

    private static string? Text(JsonNode json, string name) => json[name]?.GetValue<string>();
}
