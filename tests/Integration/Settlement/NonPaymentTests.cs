using System.Net;
using System.Text.Json.Nodes;
using Marketplace.Integration.Transfers;
using Marketplace.Simulator.Api;
using Marketplace.Simulator.Invoices;

namespace Marketplace.Integration.Settlement;

/// <summary>From the first failed charge to the suspension, and back. Contract §E.14. The policy: degraded after 2 days, suspended after 15.</summary>
public sealed class NonPaymentTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_card_that_fails_on_the_1st_leads_to_a_warning_then_worse_on_the_3rd_then_a_suspension_on_the_16th_until_it_is_paid_on_the_20th()
    {
        await using var story = await SettlementStory.Begin();
        var tool = await story.Acme.Provision(await story.Acme.Install());
        var free = await story.Acme.Provision(tool.Installation, "free-tool", plan: "free");
        var key = SettlementStory.KeyOf(tool);
        story.Acme.CardFails(tool.Installation);

        // From 21:00 on January 31st to midnight, 3 h of 744 h: 12.00 * 3 / 744 = 0.048… -> 0.05; and 2,000 jobs * 0.001 = 2.00.
        story.Acme.Workshop.Count("tool", 2_000);

        // The invoice leaves at midnight, and an hour later the first charge fails.
        await story.Until("2027-02-01T03:00:00Z");
        Assert.Equal("warned", await story.Standing(tool));
        Assert.Equal(("warn", "Payment failed"), await story.Banner(tool));
        // It says until when, 1 February + 15 days, and leads to where the customer can do something about it.
        var banner = story.Acme.Vercel.State.Installations[tool.Installation].Notification!.Value;
        Assert.Contains("service is suspended on 16 February 2027", banner.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.StartsWith("https://", banner.GetProperty("href").GetString(), StringComparison.Ordinal);
        Assert.True(story.Acme.Workshop.Opens(key));

        // 1 February 01:00 + 2 days.
        await story.Until("2027-02-03T00:00:00Z");
        Assert.Equal("warned", await story.Standing(tool));
        await story.Until("2027-02-03T03:00:00Z");
        Assert.Equal("degraded", await story.Standing(tool));
        // Who wants to serve less now can see whom: 0.05 and 2.00, since 01:00.
        var payment = await Payment(story, tool);
        Assert.Equal(("degraded", "2.05", 1), (payment["standing"]!.GetValue<string>(), payment["owed"]!.GetValue<string>(), payment["invoices"]!.GetValue<int>()));
        Assert.Equal("2027-02-01T01:00:00+00:00", payment["since"]!.GetValue<string>());

        // 1 February 01:00 + 15 days. Until then nobody loses anything, however often the charge has failed.
        await story.Until("2027-02-16T00:00:00Z");
        Assert.Equal("degraded", await story.Standing(tool));
        Assert.True(story.Acme.Workshop.Opens(key));
        Assert.Equal("ready", story.Shown(tool));
        await story.Until("2027-02-16T03:00:00Z");
        Assert.Equal("suspended", await story.Standing(tool));
        Assert.Equal("overdue", await story.InvoiceState(tool));
        Assert.False(story.Acme.Workshop.Opens(key));
        Assert.Equal(("suspended", "Suspended"), (story.Shown(tool), story.Notification(tool)));
        Assert.Equal(("error", "Suspended for non-payment"), await story.Banner(tool));

        // What costs nothing is not touched, and what is suspended is not destroyed.
        Assert.Equal("ready", story.Shown(free));
        Assert.True(story.Acme.Workshop.Opens(SettlementStory.KeyOf(free)));
        Assert.True(story.Acme.Workshop.Holds(tool.Id));

        // The customer pays by hand on the 20th.
        await story.Until("2027-02-20T12:00:00Z");
        Assert.Equal("suspended", await story.Standing(tool));
        story.Acme.Customer.CardWorks(tool.Installation);
        story.Acme.Customer.PayInvoice(tool.Installation, story.InvoiceAtVercel(tool).Id);
        await story.Settle();
        Assert.Null(await story.Standing(tool));
        Assert.Equal("paid", await story.InvoiceState(tool));
        Assert.True(story.Acme.Workshop.Opens(key));
        Assert.Equal(("resumed", null), (story.Shown(tool), story.Notification(tool)));
        Assert.Null(await story.Banner(tool));
        Assert.Equal("""{"standing":"good"}""", (await Payment(story, tool)).ToJsonString());

        Assert.Equal(["Provision", "Suspend", "Resume"], story.Acme.Workshop.Calls(tool.Id));
        Assert.Equal(
            ["payment.Warned", "payment.Degraded", "payment.Suspended", "payment.Restored"], await story.Events(tool, "payment"));
        Assert.Empty(story.Acme.Vercel.State.Findings);
    }

    [Fact]
    public async Task Polling_alone_leads_to_the_same_place_when_every_webhook_is_lost()
    {
        await using var story = await SettlementStory.Begin();
        var tool = await story.Acme.Provision(await story.Acme.Install());
        story.Acme.Workshop.Count("tool", 2_000);
        story.Acme.CardFails(tool.Installation);
        story.LoseWebhooks();

        // The charge fails at 01:00 on February 1st; within six hours somebody has looked, and Vercel said since when.
        await story.Until("2027-02-01T09:00:00Z");
        Assert.Equal("warned", await story.Standing(tool));
        Assert.Equal(
            SettlementStory.At("2027-02-01T01:00:00Z"),
            (await story.Acme.AskAll<DateTimeOffset>("select since from payment_standing where installation_id = $1", tool.Installation))[0]);
        await story.Until("2027-02-03T03:00:00Z");
        Assert.Equal("degraded", await story.Standing(tool));
        await story.Until("2027-02-16T00:00:00Z");
        Assert.Equal("degraded", await story.Standing(tool));
        await story.Until("2027-02-16T03:00:00Z");
        Assert.Equal("suspended", await story.Standing(tool));

        story.Acme.Customer.CardWorks(tool.Installation);
        story.Acme.Customer.PayInvoice(tool.Installation, story.InvoiceAtVercel(tool).Id);
        // Overdue invoices are looked at once a day.
        await story.Until("2027-02-17T06:00:00Z");
        Assert.Null(await story.Standing(tool));
        Assert.Equal("resumed", story.Shown(tool));
        Assert.Equal(story.InvoiceAtVercel(tool).PaidAt, (await story.Acme.AskAll<DateTimeOffset>(
            "select changed_at from invoice where installation_id = $1", tool.Installation))[0]);

        // A few times a day: 15 days of four looks, and nothing is looked at any more.
        var looks = story.Acme.Vercel.Calls.Count(call => IsLook(call, story, tool));
        Assert.InRange(looks, 15, 15 * 4 + 8);
        Assert.Equal(0, await story.Acme.Ask<long>("select count(*) from invoice_look where installation_id = $1", tool.Installation));

        // At last all webhooks come after all, twice and backwards: there is nothing new in them.
        var events = await story.Acme.Ask<long>(
            "select count(*) from domain_event where installation_id = $1 and kind not like 'invoice.%'", tool.Installation);
        await story.TellEverythingTwiceAndBackwards(tool.Installation);
        Assert.Null(await story.Standing(tool));
        Assert.Equal("paid", await story.InvoiceState(tool));
        Assert.Equal(["Provision", "Suspend", "Resume"], story.Acme.Workshop.Calls(tool.Id));
        Assert.Equal(events, await story.Acme.Ask<long>(
            "select count(*) from domain_event where installation_id = $1 and kind not like 'invoice.%'", tool.Installation));
    }

    [Fact]
    public async Task Of_two_unpaid_invoices_paying_one_does_not_bring_service_back()
    {
        await using var story = await SettlementStory.Begin();
        var tool = await story.Acme.Provision(await story.Acme.Install());
        story.Acme.Workshop.Count("tool", 2_000);
        story.Acme.CardFails(tool.Installation);

        // January's fails on February 1st, February's on March 1st: 15 days later, on March 16th, both have waited long enough.
        await story.Until("2027-03-16T06:00:00Z");
        var invoices = story.Acme.Vercel.State.Installations[tool.Installation].Invoices;
        Assert.Equal(2, invoices.Count);
        Assert.Equal("suspended", await story.Standing(tool));
        Assert.Equal(
            invoices.Sum(invoice => invoice.Total),
            await story.Acme.Ask<decimal>("select owed from payment_standing where installation_id = $1", tool.Installation));

        story.Acme.Customer.PayInvoice(tool.Installation, invoices[0].Id);
        await story.Settle();
        Assert.Equal("suspended", await story.Standing(tool));
        Assert.Equal("suspended", story.Shown(tool));
        Assert.Equal(
            invoices[1].Total, await story.Acme.Ask<decimal>("select owed from payment_standing where installation_id = $1", tool.Installation));

        story.Acme.Customer.PayInvoice(tool.Installation, invoices[1].Id);
        await story.Settle();
        Assert.Null(await story.Standing(tool));
        Assert.Equal("resumed", story.Shown(tool));
    }

    [Fact]
    public async Task What_begins_to_cost_while_all_is_suspended_is_suspended_too()
    {
        await using var story = await SettlementStory.Begin();
        var tool = await story.Acme.Provision(await story.Acme.Install());
        var trial = await story.Acme.Provision(tool.Installation, "trial", "trial");
        story.Acme.Workshop.Count("tool", 2_000);
        story.Acme.CardFails(tool.Installation);
        // January is over, and its invoice has not failed yet. The trial goes on until the month's end.
        await story.Until("2027-02-01T00:10:00Z");
        await story.Acme.Customer.ChangePlan(tool.Installation, trial.Id, "pro", TestContext.Current.CancellationToken);

        await story.Until("2027-02-16T03:00:00Z");
        Assert.Equal(("suspended", "ready"), (story.Shown(tool), story.Shown(trial)));

        // Nothing that has to be paid is provisioned here any more, or moves in; what costs nothing can, and goes on.
        (await story.Acme.Post(Paths.Resources(tool.Installation), story.Acme.Admin(tool.Installation), Requests.Provision("other"))).IsConflict();
        var source = await story.Acme.Install();
        var (paid, free) = (await story.Acme.Provision(source, "paid"), await story.Acme.Provision(source, "free", "free"));
        (await story.Acme.Accept(tool.Installation, await story.Acme.Offer(paid))).IsConflict();
        (await story.Acme.Accept(tool.Installation, await story.Acme.Offer(free))).IsEmpty();

        await story.Until("2027-03-01T03:00:00Z");
        Assert.Equal("suspended", story.Shown(trial));
        Assert.Equal("ready", await story.Acme.Ask<string>(
            "select status from resource where installation_id = $1 and resource_id = $2", tool.Installation, free.Id));
    }

    [Fact]
    public async Task Without_a_policy_the_customer_is_warned_and_nothing_is_cut()
    {
        await using var story = await SettlementStory.Begin("acme.catalog.json");
        var tool = await story.Acme.Provision(await story.Acme.Install());
        story.Acme.Workshop.Count("tool", 2_000);
        story.Acme.CardFails(tool.Installation);

        await story.Until("2027-02-20T00:00:00Z");

        Assert.Equal("overdue", await story.InvoiceState(tool));
        Assert.Equal("warned", await story.Standing(tool));
        Assert.Equal("ready", story.Shown(tool));
        Assert.Equal(["Provision"], story.Acme.Workshop.Calls(tool.Id));
    }

    [Fact]
    public async Task News_of_an_unpaid_invoice_after_the_end_of_its_installation_is_kept_and_leads_to_no_look()
    {
        await using var story = await SettlementStory.Begin();
        var tool = await story.Acme.Provision(await story.Acme.Install());
        story.Acme.Workshop.Count("tool", 2_000);
        story.Acme.CardFails(tool.Installation);
        await story.Until("2027-02-01T06:00:00Z");
        // Vercel waits for the invoice until its window closes, a day later.
        Assert.True((await story.Acme.Customer.Uninstall(tool.Installation, Cancel)).IsSuccess);
        await story.Until("2027-02-02T09:00:00Z");
        Assert.Equal("finalized", await story.Acme.Ask<string>("select stage from installation where installation_id = $1", tool.Installation));
        var looks = story.Acme.Vercel.Calls.Count(call => IsLook(call, story, tool));

        // The next attempt to charge fails 40 hours after the first one of 01:00.
        await story.Until("2027-02-03T12:00:00Z");

        Assert.Equal(2, await story.Acme.Ask<long>(
            "select count(*) from domain_event where installation_id = $1 and kind = 'invoice.PaymentFailed'", tool.Installation));
        Assert.Equal(looks, story.Acme.Vercel.Calls.Count(call => IsLook(call, story, tool)));
        Assert.Equal(0, await story.Acme.Ask<long>(
            "select count(*) from (select installation_id from billing_schedule union all select installation_id from invoice_look) as left_over where installation_id = $1",
            tool.Installation));
    }

    private static bool IsLook(ApiCall call, SettlementStory story, Provisioned tool) =>
        call.Method == "GET" && call.Path.EndsWith($"/billing/invoices/{story.InvoiceAtVercel(tool).Id}", StringComparison.Ordinal);

    private static async Task<JsonNode> Payment(SettlementStory story, Provisioned tool)
    {
        var key = await story.Acme.NewProviderKey("billing:read");
        var preview = await story.Acme.Provide(HttpMethod.Get, $"/installations/{tool.Installation}/billing", key);
        return preview.Is(HttpStatusCode.OK)["payment"]!;
    }
}
