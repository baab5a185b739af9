using System.Net;
using Marketplace.Simulator.Invoices;

namespace Marketplace.Integration.Invoices;

/// <summary>Invoices at sign-up and in advance, by anniversaries, of both sides of a transfer, and for nobody. Contract §D.8.</summary>
public sealed class InvoiceKindTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_sign_up_an_upgrade_and_the_end_of_the_month_are_billed_to_the_cent_and_for_no_second_twice()
    {
        await using var story = await Open("2027-01-30T00:00:00Z");
        story.Workshop.Count("story", 0);
        var tool = await story.Provision(await story.Install(), "story", plan: "ahead");
        await story.Live(At("2027-01-30T23:30:00Z"));
        story.Workshop.Count("story", 3_000);
        await story.Live(At("2027-01-31T00:00:00Z"));
        var changed = await story.Customer.ChangePlan(tool.Installation, tool.Id, "bigger", Cancel);
        Assert.True(changed is { IsSuccess: true, Findings.IsEmpty: true }, changed.ToString());
        await story.Live(At("2027-02-01T03:00:00Z"));

        // Ahead from the 30th: 2 of 31 days at 31.00 = 2.00, and 5.00 for signing up.
        // Bigger from the 31st: 1 of 31 days at 62.00 = 2.00, less the day of ahead that was paid and not used: 1.00.
        // January's end: 3,000 jobs * 0.001 on ahead = 3.00; and February's base of bigger, 62.00. Ahead and bigger were billed up to
        // different moments, so they are on two invoices.
        Assert.Equal(
            [
                ("20270130T000000-takeup", "2027-01-30T00:00:00Z", "2027-01-30T00:01:01Z", 7.00m),
                ("20270131T000000-takeup", "2027-01-31T00:00:00Z", "2027-01-31T00:01:01Z", 1.00m),
                ("20270101T000000-1", "2027-01-30T00:01:01Z", "2027-02-01T00:00:00Z", 3.00m),
                ("20270101T000000-2", "2027-01-31T00:01:01Z", "2027-02-01T00:00:00Z", 62.00m),
            ],
            InvoicesOf(story, tool.Installation));
        Assert.Empty(story.Vercel.State.Findings);
        Assert.Equal(
            ["Ahead: billed in advance and not used"],
            story.Vercel.State.Installations[tool.Installation].Invoices.SelectMany(invoice => invoice.Discounts).Select(discount => discount.Name));
        // The chain of what was billed has no gap that anything could be billed in twice.
        Assert.Equal(4, await story.Ask<long>("select count(*) from invoice_coverage where installation_id = $1", tool.Installation));
    }

    [Fact]
    public async Task A_transfer_gives_back_at_the_source_what_was_paid_in_advance_and_the_target_takes_the_plan_up()
    {
        await using var story = await Open("2027-01-31T00:00:00Z");
        var tool = await story.Provision(await story.Install(), "moved", plan: "bigger");
        var (source, target) = (tool.Installation, await story.Install());
        await story.Live(At("2027-01-31T12:00:00Z"));
        (await story.Customer.Transfer(source, target, [tool.Id], Cancel)).ForEach(exchange =>
            Assert.True(exchange is { IsSuccess: true, Findings.IsEmpty: true }, exchange.ToString()));
        await story.Live(At("2027-02-01T03:00:00Z"));

        // 62.00 a month is 2.00 a day: the source paid for the 31st, and used half of it.
        Assert.Equal([("20270131T000000-takeup", "2027-01-31T00:00:00Z", "2027-01-31T00:01:01Z", 2.00m)], InvoicesOf(story, source));
        Assert.Equal(1.00m, await story.Ask<decimal>("select sum(amount) from invoice_credit where installation_id = $1", source));
        Assert.Equal(
            [
                ("20270131T120000-takeup", "2027-01-31T12:00:00Z", "2027-01-31T12:01:01Z", 1.00m),
                ("20270101T000000-1", "2027-01-31T12:01:01Z", "2027-02-01T00:00:00Z", 62.00m),
            ],
            InvoicesOf(story, target));
        Assert.Empty(story.Vercel.State.Findings);
    }

    /// <summary>Bigger is paid on the 31st for the day, 2.00, and left at noon for a plan that costs nothing: nothing is billed of which 1.00 could be deducted.</summary>
    [Fact]
    public async Task An_uninstall_with_something_left_to_give_back_is_not_final_before_somebody_is_told()
    {
        await using var story = await Open("2027-01-31T00:00:00Z");
        var tool = await story.Provision(await story.Install(), "left-over", plan: "bigger");
        await story.Live(At("2027-01-31T12:00:00Z"));
        Assert.True((await story.Customer.ChangePlan(tool.Installation, tool.Id, "free", Cancel)).IsSuccess);
        await story.Live(At("2027-02-01T03:00:00Z"));
        Assert.Equal(1.00m, await story.Ask<decimal>("select sum(amount) from invoice_credit where installation_id = $1", tool.Installation));

        Assert.Equal("""{"finalized":false}""", (await story.Customer.Uninstall(tool.Installation, Cancel)).Body);
        await story.WorkOff();
        Assert.Equal("finalized", await story.Ask<string>("select stage from installation where installation_id = $1", tool.Installation));
    }

    [Fact]
    public async Task What_was_paid_in_advance_and_is_not_used_at_an_uninstall_is_on_record_and_somebody_is_told()
    {
        await using var story = await Open("2027-01-30T00:00:00Z");
        var tool = await story.Provision(await story.Install(), "left-early", plan: "bigger");
        await story.Live(At("2027-01-30T12:00:00Z"));
        Assert.Equal("""{"finalized":false}""", (await story.Customer.Uninstall(tool.Installation, Cancel)).Body);
        await story.Live(At("2027-01-30T14:00:00Z"));

        // 62.00 a month is 2.00 a day: two days are paid, 4.00, and half of one is used, 1.00.
        Assert.Equal(4.00m, Assert.Single(story.Vercel.State.Installations[tool.Installation].Invoices).Total);
        Assert.Equal("finalized", await story.Ask<string>("select stage from installation where installation_id = $1", tool.Installation));
        var key = await story.NewProviderKey("billing:read");
        var stated = (await story.Provide(HttpMethod.Get, $"/installations/{tool.Installation}/statements/2027-01", key)).Is(HttpStatusCode.OK);
        Assert.Equal("3.00", stated["credits"]!["notGivenBack"]!.GetValue<string>());
        Assert.Empty(stated["differences"]!.AsArray());
        Assert.Contains(story.Server.Log.Lines, line =>
            line.StartsWith("Error", StringComparison.Ordinal) && line.Contains(tool.Installation, StringComparison.Ordinal) && line.Contains("3.00", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Credit_that_is_still_to_be_given_back_keeps_an_uninstall_with_nothing_to_bill_from_being_final_before_somebody_is_told()
    {
        await using var story = await Open("2027-01-31T00:00:00Z");
        var tool = await story.Provision(await story.Install(), "gone-before", plan: "bigger");
        await story.Live(At("2027-01-31T12:00:00Z"));
        (await story.Delete(tool.Path, story.Admin(tool.Installation))).IsEmpty();
        await story.Live(At("2027-02-01T03:00:00Z"));

        Assert.Equal("""{"finalized":false}""", (await story.Customer.Uninstall(tool.Installation, Cancel)).Body);
        await story.WorkOff();

        // One day is paid, 2.00, and half of it used.
        Assert.Equal("finalized", await story.Ask<string>("select stage from installation where installation_id = $1", tool.Installation));
        Assert.Contains(story.Server.Log.Lines, line =>
            line.StartsWith("Error", StringComparison.Ordinal) && line.Contains(tool.Installation, StringComparison.Ordinal) && line.Contains("1.00", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Periods_by_anniversary_begin_with_the_hour_of_the_install_for_reports_and_invoices_alike()
    {
        await using var story = await Open("2027-01-31T09:20:00Z", "acme-anniversary.catalog.json");
        var tool = await story.Provision(await story.Install(), "anniversary", plan: "ahead");
        await story.Live(At("2027-01-31T11:00:00Z"));

        // January 31st, 09:00 to February 28th, 09:00 has 2,419,200 s; 31.00 * 2,418,000 / 2,419,200 = 30.984… -> 30.98, and 5.00.
        Assert.Equal([("20270131T092000-takeup", "2027-01-31T09:20:00Z", "2027-01-31T09:21:01Z", 35.98m)], InvoicesOf(story, tool.Installation));
        Assert.All(
            story.Vercel.State.Installations[tool.Installation].Billing.Receipts,
            receipt => Assert.Equal((At("2027-01-31T09:00:00Z"), At("2027-02-28T09:00:00Z")), (receipt.Period.Start, receipt.Period.End)));
        Assert.Equal(
            [At("2027-02-28T09:00:00Z")],
            await story.AskAll<DateTimeOffset>("select due_at from billing_schedule where installation_id = $1 and work = 'invoices'", tool.Installation));
        Assert.Empty(story.Vercel.State.Findings);
    }

    [Fact]
    public async Task A_test_goes_through_its_states_and_bills_nobody()
    {
        await using var story = await Open(
            "2027-01-31T20:00:00Z", settings: new Dictionary<string, string>(StringComparer.Ordinal) { ["Invoices:Test"] = "notpaid", ["Invoices:AllowTestOutsideDevelopment"] = "true" });
        var tool = await story.Provision(await story.Install(), "test", plan: "ahead");
        await story.Live(At("2027-02-01T03:00:00Z"));

        var tests = story.Vercel.State.Installations[tool.Installation].Invoices;
        Assert.Equal(2, tests.Count);
        Assert.All(tests, test => Assert.Equal((true, true, InvoiceState.NotPaid), (test.Test is not null, test.ExternalId!.EndsWith("-test", StringComparison.Ordinal), test.State)));
        Assert.Equal(0, await story.Ask<long>("select count(*) from invoice_coverage"));
        Assert.Equal(0, await story.Ask<long>("select count(*) from payment_standing"));
        var next = await story.Provision(tool.Installation, "still-welcome", plan: "bigger");
        Assert.Equal("ready", next.Status);
    }

    private static Task<Acme> Open(string start, string catalogue = "acme-advance.catalog.json", IReadOnlyDictionary<string, string>? settings = null) =>
        Acme.Open(new AcmeOptions
        {
            Start = At(start), Catalogue = catalogue, Settings = settings ?? new Dictionary<string, string>(StringComparer.Ordinal),
        });

    /// <summary>Name without the installation, period and total, in the order in which they were sent.</summary>
    private static (string, string, string, decimal)[] InvoicesOf(Acme story, string installation) =>
    [
        .. story.Vercel.State.Installations[installation].Invoices.Select(invoice => (
            invoice.ExternalId![(installation.Length + 1)..], Text(invoice.Period.Start), Text(invoice.Period.End), invoice.Total)),
    ];

    private static string Text(DateTimeOffset moment) => moment.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'");

    private static DateTimeOffset At(string moment) => DateTimeOffset.Parse(moment);
}
