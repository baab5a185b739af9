using System.Net;
using System.Text.Json.Nodes;
using Marketplace.Core.Time;
using Marketplace.Integration.Postgres;
using Marketplace.Simulator.Api;
using Marketplace.Simulator.Webhooks;
using Npgsql;
using Invoice = Marketplace.Simulator.Invoices.Invoice;

namespace Marketplace.Integration.Invoices;

/// <summary>One invoice for each period, exact to the cent, whoever dies and however often it is sent. Contract §D.8; DESIGN §7.</summary>
public sealed class InvoicingTests(Acme acme) : IClassFixture<Acme>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_month_with_two_changes_of_plan_is_billed_to_the_cent()
    {
        await using var story = await Acme.Open(new AcmeOptions { Start = At("2027-01-30T00:00:00Z") });
        story.Workshop.Count("story", 1_000_000);
        var tool = await story.Provision(await story.Install(), "story", plan: "free");

        // 30 January, 06:00: free -> pro. What the counter had counted until then, it counted on the free plan.
        await story.Live(At("2027-01-30T05:20:00Z"));
        story.Workshop.Count("story", 1_000_700);
        await story.Live(At("2027-01-30T06:00:00Z"));
        await ChangePlan(story, tool, "pro");
        // 2,345 jobs on pro, the last of them after the last full hour.
        story.Workshop.Count("story", 1_002_000);
        await story.Live(At("2027-01-31T11:45:00Z"));
        story.Workshop.Count("story", 1_003_045);
        // 31 January, 11:45: pro -> free.
        await ChangePlan(story, tool, "free");
        story.Workshop.Count("story", 1_009_999);
        await story.Live(At("2027-02-01T00:00:00Z"));

        // January has 31 * 86,400 = 2,678,400 s. Pro was active from the 30th, 06:00 to the 31st, 11:45: 29.75 h = 107,100 s.
        // Base: 12.00 * 107,100 / 2,678,400 = 0.479838… -> 0.48. Jobs: 1,003,045 - 1,000,700 = 2,345 * 0.001 = 2.345 -> 2.34 (half to even).
        var invoice = Assert.Single(InvoicesOf(story, tool.Installation));
        Assert.Equal(["0.48", "2.34"], invoice.Items.Select(item => item.Total));
        Assert.Equal(2345m, invoice.Items[1].Quantity);
        Assert.Equal(2.82m, invoice.Total);
        Assert.Equal((At("2027-01-30T06:00:00Z"), At("2027-01-31T11:45:00Z")), (invoice.Items[0].Start, invoice.Items[0].End));
        Assert.Equal((At("2027-01-01T00:00:00Z"), At("2027-02-01T00:00:00Z")), (invoice.Period.Start, invoice.Period.End));
        Assert.Equal(At("2027-01-31T23:59:59Z"), invoice.InvoiceDate);
        // What was shown to the customer is what is billed, and no later look makes another invoice.
        Assert.Equal(invoice.Total, story.Vercel.State.Installations[tool.Installation].Billing.Receipts[^1].Total);
        await story.Live(At("2027-02-01T02:00:00Z"));
        Assert.Equal("paid", await StateOf(story, tool.Installation));
        Assert.Single(InvoicesOf(story, tool.Installation));
        Assert.Empty(story.Vercel.State.Findings);
    }

    [Fact]
    public async Task A_month_on_the_free_plan_is_closed_without_an_invoice()
    {
        var month = await EveOfAMonth();
        var tool = await acme.Provision(await acme.Install(), "nothing", plan: "free");

        await acme.Live(month.End.AddHours(1));

        Assert.Equal("skipped", await StateOf(acme, tool.Installation));
        Assert.DoesNotContain(acme.Vercel.Calls, call => IsInvoiceOf(tool.Installation)(call));
    }

    [Fact]
    public async Task An_invoice_whose_answer_was_lost_is_looked_up_by_its_own_name_and_its_id_comes_by_webhook()
    {
        var (month, tool) = await Customer("lost-answer");
        acme.Vercel.Webhook = null;
        acme.Vercel.Disturbances.Plan(HttpMethod.Post, $"{tool.Installation}/billing/invoices", new Disturbance { LosesAnswer = true });
        acme.Vercel.Clock.MoveTo(month.End);
        await acme.Work("usage", "invoices");
        Assert.Equal("submitted", await StateOf(acme, tool.Installation));

        await acme.BackoffIsOver();
        await acme.Work("invoices");
        Assert.Equal("known", await StateOf(acme, tool.Installation));
        Assert.Equal([200, 409], acme.Vercel.Calls.Where(call => IsInvoiceOf(tool.Installation)(call)).Select(call => call.Status));
        Assert.Single(acme.Vercel.Calls.Where(call => IsInvoiceOf(tool.Installation)(call)).Select(ExternalIdOf).Distinct());

        // Nothing waits for the webhook; when it comes, it brings the name.
        acme.Vercel.Webhook = WebhookUrl;
        await acme.Vercel.Settle(Cancel);
        await acme.Work("webhooks", "invoices");
        Assert.Equal("accepted", await StateOf(acme, tool.Installation));
        Assert.Equal(
            Assert.Single(InvoicesOf(acme, tool.Installation)).Id,
            await acme.Ask<string>("select vercel_invoice_id from invoice where installation_id = $1", tool.Installation));
        Assert.Equal(2, acme.Vercel.Calls.Count(call => IsInvoiceOf(tool.Installation)(call)));
        Assert.Equal(0, await OverdueWork(tool.Installation));
    }

    [Fact]
    public async Task An_invoice_that_Vercel_has_and_never_tells_of_is_an_error_after_two_days_and_a_difference_of_its_statement()
    {
        var (month, tool) = await Customer("never-told");
        var key = await acme.NewProviderKey("billing:read");
        acme.Vercel.Webhook = null;
        acme.Vercel.Disturbances.Plan(HttpMethod.Post, $"{tool.Installation}/billing/invoices", new Disturbance { LosesAnswer = true });
        acme.Vercel.Clock.MoveTo(month.End);
        await acme.Work("usage", "invoices");
        await acme.BackoffIsOver();
        await acme.Work("invoices");
        Assert.Equal("known", await StateOf(acme, tool.Installation));
        Assert.Empty(await Differences());

        acme.Pass(TimeSpan.FromHours(47));
        await acme.Work("invoices");
        Assert.Empty(await Differences());
        Assert.DoesNotContain(acme.Server.Log.Lines, IsError);

        acme.Pass(TimeSpan.FromHours(2));
        await acme.Work("invoices");
        Assert.Equal([$"outcome-not-told {ExternalId()}"], await Differences());
        Assert.Single(acme.Server.Log.Lines, IsError);

        // Said once a day, and no longer when Vercel tells after all.
        acme.Pass(TimeSpan.FromHours(2));
        await acme.Work("invoices");
        Assert.Single(acme.Server.Log.Lines, IsError);
        acme.Vercel.Webhook = WebhookUrl;
        await acme.Vercel.Settle(Cancel);
        await acme.Work("webhooks", "invoices");
        Assert.Empty(await Differences());

        bool IsError(string line) => line.Contains($"Vercel has invoice {ExternalId()} of installation {tool.Installation}", StringComparison.Ordinal);

        string ExternalId() => acme.Vercel.Calls.Where(call => IsInvoiceOf(tool.Installation)(call)).Select(ExternalIdOf).First()!;

        async Task<IEnumerable<string>> Differences()
        {
            var stated = await acme.Provide(HttpMethod.Get, $"/installations/{tool.Installation}/statements/{month.Start:yyyy-MM}", key);
            return stated.Is(HttpStatusCode.OK)["differences"]!.AsArray().Select(one => $"{one!["kind"]} {one["about"]}").ToList();
        }
    }

    [Fact]
    public async Task A_conflict_at_the_first_attempt_is_no_duplicate_and_is_not_taken_for_billed()
    {
        var (month, tool) = await Customer("billed-by-another");
        acme.Vercel.Disturbances.Plan(
            HttpMethod.Post, $"{tool.Installation}/billing/invoices",
            new Disturbance { Refusal = ApiAnswer.Refusal(409, "conflict", "The resource was already billed for this period and plan.") });
        acme.Vercel.Clock.MoveTo(month.End);
        await acme.Work("usage", "invoices");

        Assert.Equal("refused", await StateOf(acme, tool.Installation));
        Assert.Equal(
            ["409: The resource was already billed for this period and plan."],
            await acme.AskAll<string>("select unnest(reasons) from invoice where installation_id = $1", tool.Installation));
    }

    [Theory]
    [InlineData(503)]
    [InlineData(401)]
    public async Task An_invoice_that_was_recorded_but_never_arrived_is_sent_again(int status)
    {
        var (month, tool) = await Customer($"never-arrived-{status}");
        acme.Vercel.Disturbances.Plan(HttpMethod.Post, $"{tool.Installation}/billing/invoices", Disturbance.Fails(status));
        acme.Vercel.Clock.MoveTo(month.End);
        await acme.Work("usage", "invoices");
        Assert.Equal("submitted", await StateOf(acme, tool.Installation));
        Assert.Empty(InvoicesOf(acme, tool.Installation));

        await acme.BackoffIsOver();
        await acme.Work("invoices");
        Assert.Equal("accepted", await StateOf(acme, tool.Installation));
        // 2,000 jobs * 0.001.
        Assert.Equal("2.00", Assert.Single(InvoicesOf(acme, tool.Installation)).Items[^1].Total);
    }

    [Fact]
    public async Task An_invoice_whose_acceptance_could_not_be_written_down_is_not_doubled()
    {
        var (month, tool) = await Customer("unwritten");
        acme.Vercel.Clock.MoveTo(month.End);
        await using (await RefusedWrites.To(acme, "invoice", "update", "new.state = 'accepted'"))
            await acme.Work("usage", "invoices");
        Assert.Equal("submitted", await StateOf(acme, tool.Installation));

        await acme.Vercel.Settle(Cancel);
        await acme.WorkOff();

        Assert.Single(InvoicesOf(acme, tool.Installation));
        Assert.Equal("accepted", await StateOf(acme, tool.Installation));
    }

    [Fact]
    public async Task Workers_side_by_side_make_one_invoice()
    {
        var (month, tool) = await Customer("side-by-side");
        acme.Vercel.Clock.MoveTo(month.End);
        await acme.Work("usage");
        acme.Vercel.Disturbances.Plan(
            HttpMethod.Post, $"{tool.Installation}/billing/invoices", new Disturbance { Delay = TimeSpan.FromMilliseconds(200) });

        var first = acme.Work("invoices");
        await RealTime.Until(async () => await StateOf(acme, tool.Installation) == "submitted", "the first worker sends");
        // The second believes that the first is dead.
        await acme.LeasesAreOver();
        await acme.Work("invoices");
        await first;
        await acme.Vercel.Settle(Cancel);
        await acme.WorkOff();

        Assert.Single(InvoicesOf(acme, tool.Installation));
        Assert.Equal(1, await acme.Ask<long>("select count(*) from invoice where installation_id = $1", tool.Installation));
        Assert.Equal("accepted", await StateOf(acme, tool.Installation));
    }

    [Fact]
    public async Task The_database_refuses_a_second_invoice_for_one_resource_plan_and_period()
    {
        var (month, tool) = await Customer("constraint");
        await acme.Live(month.End);
        await acme.Execute(
            """
            insert into invoice (installation_id, external_id, period_start, period_end, invoice_date, final, total, state, changed_at,
                billing_period_start, billing_period_end, take_up)
            select installation_id, 'by-hand', period_start, period_end, invoice_date, final, total, 'drafted', changed_at,
                billing_period_start, billing_period_end, take_up
            from invoice where installation_id = $1
            """,
            tool.Installation);

        // Whatever it names as the one before it: any time that is billed already is refused, and no two follow the same.
        foreach (var (moved, follows, constraint) in ((string, string, string)[])
        [
            ("0 days", "null", "invoice_coverage_once"),
            ("10 days", "null", "invoice_coverage_once"),
            ("10 days", "period_end", "invoice_coverage_overlaps"),
            ("40 days", "period_end + interval '1 day'", "invoice_coverage_chain"),
        ])
        {
            var refused = await Assert.ThrowsAsync<PostgresException>(() => acme.Execute(
                $"""
                insert into invoice_coverage (installation_id, resource_id, billing_plan_id, period_start, period_end, external_id, follows)
                select installation_id, resource_id, billing_plan_id, period_start + interval '{moved}', period_end + interval '{moved}',
                    'by-hand', {follows}
                from invoice_coverage where installation_id = $1
                """,
                tool.Installation));
            Assert.Equal(constraint, refused.ConstraintName);
        }
    }

    [Fact]
    public async Task An_invoice_that_Vercel_refuses_is_kept_with_the_reason_and_the_next_month_is_billed_all_the_same()
    {
        var (month, tool) = await Customer("refused");
        acme.Vercel.Disturbances.Plan(HttpMethod.Post, $"{tool.Installation}/billing/invoices", Disturbance.Fails(400));
        await acme.Live(month.End);
        Assert.Equal("refused", await StateOf(acme, tool.Installation));
        Assert.StartsWith(
            "400", await acme.Ask<string>("select reasons[1] from invoice where installation_id = $1", tool.Installation), StringComparison.Ordinal);

        var next = BillingPeriod.MonthOf(month.End);
        await acme.Execute("update billing_schedule set due_at = $1 where work = 'usage'", next.End.AddHours(-12));
        acme.Vercel.Clock.MoveTo(next.End);
        await acme.Work("usage", "invoices");
        Assert.Equal(2, await acme.Ask<long>("select count(*) from invoice where installation_id = $1", tool.Installation));
        Assert.Equal(2, acme.Vercel.Calls.Count(call => IsInvoiceOf(tool.Installation)(call)));
    }

    [Fact]
    public async Task News_of_an_invoice_leads_to_one_state_in_any_order_and_number()
    {
        string[] news = ["created", "notpaid", "notpaid", "paid"];
        int[][] orders = [[0, 1, 2, 3], [3, 2, 1, 0], [3, 0, 3, 1, 2], [1, 3, 1, 0, 0, 2]];
        foreach (var (order, number) in orders.Select((order, number) => (order, number)))
        {
            var (month, tool) = await Customer($"news-{number}");
            acme.Vercel.Webhook = null;
            acme.Vercel.Clock.MoveTo(month.End);
            await acme.Work("usage", "invoices");
            var invoice = Assert.Single(InvoicesOf(acme, tool.Installation));

            foreach (var which in order)
                await Deliver(tool.Installation, invoice, $"evt-{number}-{which}", news[which], acme.Now.AddMinutes(10 * which));

            Assert.Equal("paid", await StateOf(acme, tool.Installation));
            Assert.Equal(
                [acme.Now.AddMinutes(30)],
                await acme.AskAll<DateTimeOffset>("select changed_at from invoice where installation_id = $1", tool.Installation));
            Assert.Equal(
                order.Distinct().Count(),
                await acme.Ask<long>("select count(*) from webhook where installation_id = $1 and state = 'processed'", tool.Installation));
            acme.Vercel.Webhook = WebhookUrl;
        }
    }

    private Uri WebhookUrl => new(acme.Server.Http.BaseAddress!, "/webhooks/vercel");

    /// <summary>A customer with something to pay for, two and a half hours before a month ends.</summary>
    private async Task<(BillingPeriod Month, Provisioned Tool)> Customer(string name)
    {
        var month = await EveOfAMonth();
        acme.Workshop.Count(name, 0);
        var tool = await acme.Provision(await acme.Install(), name);
        acme.Workshop.Count(name, 2000);
        await acme.Live(month.End.AddHours(-1));
        return (month, tool);
    }

    /// <summary>What is left of other stories must not be told here.</summary>
    private async Task<BillingPeriod> EveOfAMonth()
    {
        await acme.Execute("delete from billing_schedule");
        var month = BillingPeriod.MonthOf(acme.Now.AddHours(3));
        acme.Vercel.Clock.MoveTo(month.End.AddHours(-2.5));
        await acme.Vercel.Settle(Cancel);
        await acme.WorkOff();
        return month;
    }

    private static async Task ChangePlan(Acme acme, Provisioned tool, string plan)
    {
        var changed = await acme.Customer.ChangePlan(tool.Installation, tool.Id, plan, Cancel);
        Assert.True(changed is { IsSuccess: true, Findings.IsEmpty: true }, changed.ToString());
        await acme.WorkOff();
    }

    private async Task Deliver(string installation, Invoice invoice, string id, string news, DateTimeOffset at)
    {
        var body = new JsonObject
        {
            ["id"] = id,
            ["type"] = $"marketplace.invoice.{news}",
            ["createdAt"] = at.ToUnixTimeMilliseconds(),
            ["payload"] = new JsonObject
            {
                ["installationId"] = installation, ["invoiceId"] = invoice.Id, ["externalInvoiceId"] = invoice.ExternalId,
            },
        }.ToJsonString();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/webhooks/vercel") { Content = new StringContent(body) };
        request.Headers.Add("x-vercel-signature", WebhookDelivery.Sign(body, Acme.ClientSecret));
        Assert.Equal(HttpStatusCode.OK, (await acme.Send(request)).Status);
        await acme.Work("webhooks");
    }

    private static DateTimeOffset At(string moment) => DateTimeOffset.Parse(moment);

    private static IReadOnlyList<Invoice> InvoicesOf(Acme acme, string installation) => acme.Vercel.State.Installations[installation].Invoices;

    private static Func<ApiCall, bool> IsInvoiceOf(string installation) =>
        call => call.Method == "POST" && call.Path.EndsWith($"{installation}/billing/invoices", StringComparison.Ordinal);

    private static string? ExternalIdOf(ApiCall call) => call.Body.GetProperty("externalId").GetString();

    private static Task<string?> StateOf(Acme acme, string installation) =>
        acme.Ask<string>("select state from invoice where installation_id = $1 order by period_start desc limit 1", installation);

    private Task<long> OverdueWork(string installation) => acme.Ask<long>(
        "select count(*) from billing_schedule where installation_id = $1 and work = 'invoices' and due_at <= $2", installation, acme.Now);
}
