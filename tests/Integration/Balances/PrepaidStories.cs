using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Marketplace.Simulator.Api;

namespace Marketplace.Integration.Balances;

/// <summary>Dated stories of prepaid credit, from the purchase to the last cent, with the arithmetic beside them. Contract §B.4, §D.9, §E.12.</summary>
[Collection(SharedPrepaidAcme.Name)]
public sealed class PrepaidStories(PrepaidAcme prepaid)
{
    private Acme Acme => prepaid.Acme;

    [Fact]
    public async Task Credit_is_bought_burnt_by_the_hour_runs_low_stops_the_resource_at_zero_and_brings_it_back()
    {
        var tool = await prepaid.Tool("stops-at-zero", "stops");
        await prepaid.Buy(tool, 10.00m);
        Assert.Equal(10.00m, prepaid.AtVercel(tool));

        // 300 jobs at 0.01 are 3.00: 10.00 - 3.00 = 7.00, which is not below 5.00.
        await prepaid.Hour(tool, 300);
        Assert.Equal((7.00m, 7.00m), (await prepaid.Balance(tool), prepaid.AtVercel(tool)));
        Assert.Equal(("ready", null), prepaid.Shown(tool));

        // 550 jobs are 5.50, of which 3.00 are burnt: 7.00 - 2.50 = 4.50 is below 5.00.
        await prepaid.Hour(tool, 550);
        Assert.Equal(4.50m, prepaid.AtVercel(tool));
        Assert.Equal(("ready", "Balance is low"), prepaid.Shown(tool));

        // 1,100 jobs are 11.00, of which 5.50 are burnt: 4.50 - 5.50 = -1.00. Nobody could know before the hour was over.
        await prepaid.Hour(tool, 1100);
        Assert.Equal(-1.00m, prepaid.AtVercel(tool));
        Assert.Equal(("suspended", "Suspended"), prepaid.Shown(tool));
        Assert.False(Acme.Workshop.Opens(tool.Secret()));

        // Nothing more is used, and nothing more is burnt.
        await prepaid.Hour(tool, 1100);
        Assert.Equal(-1.00m, prepaid.AtVercel(tool));

        // 10.00 pay the 1.00 that was missing, and 9.00 are left: at once, and not only at the next hour.
        await prepaid.Buy(tool, 10.00m);
        Assert.Equal(9.00m, await prepaid.Balance(tool));
        Assert.Equal(("resumed", null), prepaid.Shown(tool));
        Assert.True(Acme.Workshop.Opens(tool.Secret()));

        await prepaid.Hour(tool, 1150);
        Assert.Equal(8.50m, prepaid.AtVercel(tool));
        Assert.Equal(
            ["purchase 10.00 10.00", "-3.00 7.00", "-2.50 4.50", "-5.50 -1.00", "purchase 10.00 9.00", "-0.50 8.50"],
            (await prepaid.Ledger(tool)).Select(entry => entry.StartsWith("burn", StringComparison.Ordinal) ? entry[11..] : entry));
        Assert.Empty(Acme.Vercel.State.Findings);
    }

    [Fact]
    public async Task Vercel_buys_by_itself_when_the_balance_is_below_the_customers_minimum_until_the_limit_of_the_month()
    {
        var tool = await prepaid.Tool("filled-up", "stops");
        await prepaid.Buy(tool, 10.00m);
        // Below 8.00 Vercel buys 15.00, and no more than 40.00 in a month, as the plan says.
        Acme.Customer.SetThreshold(tool.Installation, tool.Id, 800, 1500, limitInCents: null);

        // 10.00 - 3.00 = 7.00, which is below 8.00: 7.00 + 15.00 = 22.00.
        await prepaid.Hour(tool, 300);
        Assert.Equal((22.00m, 22.00m), (await prepaid.Balance(tool), prepaid.AtVercel(tool)));
        Assert.Equal(("ready", null), prepaid.Shown(tool));

        // 22.00 - 21.00 = 1.00, which is low for the plan too, until the purchase arrives: 16.00. The two come to 30.00.
        await prepaid.Hour(tool, 2400);
        await Acme.WorkOff();
        Assert.Equal(16.00m, await prepaid.Balance(tool));
        Assert.Equal(("ready", null), prepaid.Shown(tool));

        // 16.00 - 12.00 = 4.00, and a third purchase would come to 45.00.
        await prepaid.Hour(tool, 3600);
        Assert.Equal((4.00m, 4.00m), (await prepaid.Balance(tool), prepaid.AtVercel(tool)));
        Assert.Equal(("ready", "Balance is low"), prepaid.Shown(tool));
        Assert.Equal(2, Acme.Vercel.State.Installations[tool.Installation].Invoices.Count(invoice => invoice.IsAutomatic));
        // By Vercel itself, and not by a person.
        Assert.Equal(
            ["user", "system", "system"],
            await Acme.AskAll<string>(
                """
                select case when actor like '%system%' or actor = 'vercel' then 'system' else 'user' end from domain_event
                where installation_id = $1 and kind = 'balance.Credited' order by event_id
                """,
                tool.Installation));
        Assert.Empty(Acme.Vercel.State.Findings);
    }

    [Fact]
    public async Task Where_the_plan_is_patient_the_resource_goes_on_for_three_hours_and_stops_when_they_are_over()
    {
        var tool = await prepaid.Tool("patient", "patient");
        await prepaid.Buy(tool, 5.00m);

        // 5.00 - 6.00 = -1.00 at the full hour: from then on three hours.
        await prepaid.Hour(tool, 600);
        var zero = Acme.Now;
        Assert.Equal(("ready", "Balance is used up"), prepaid.Shown(tool));
        await prepaid.Hour(tool, 650);
        await prepaid.Hour(tool, 700);
        Assert.Equal(("ready", "Balance is used up"), prepaid.Shown(tool));
        Assert.True(Acme.Workshop.Opens(tool.Secret()));

        // -1.00 - 0.50 - 0.50 = -2.00, and what is used in the third hour too: 0.50.
        await prepaid.Hour(tool, 750);
        Assert.Equal(zero.AddHours(3), Acme.Now);
        Assert.Equal(("suspended", "Suspended"), prepaid.Shown(tool));
        Assert.Equal(-2.50m, prepaid.AtVercel(tool));

        await prepaid.Buy(tool, 5.00m);
        Assert.Equal(("resumed", null), prepaid.Shown(tool));
        Assert.Equal(2.50m, await prepaid.Balance(tool));
    }

    [Fact]
    public async Task Where_the_plan_is_trusting_it_goes_on_into_debt_to_the_limit_and_the_next_purchase_pays_it()
    {
        var tool = await prepaid.Tool("trusting", "trusting");
        await prepaid.Buy(tool, 5.00m);

        // 5.00 - 7.00 = -2.00: two dollars of the four are left.
        await prepaid.Hour(tool, 700);
        Assert.Equal(("ready", "Balance is used up"), prepaid.Shown(tool));

        // -2.00 - 2.50 = -4.50, beyond the limit by less than what this hour used.
        await prepaid.Hour(tool, 950);
        Assert.Equal(("suspended", "Suspended"), prepaid.Shown(tool));
        Assert.Equal(-4.50m, prepaid.AtVercel(tool));

        // 5.00 pay 4.50, and 0.50 are left, which is low.
        await prepaid.Buy(tool, 5.00m);
        Assert.Equal(("resumed", "Balance is low"), prepaid.Shown(tool));
        Assert.Equal(0.50m, await prepaid.Balance(tool));
    }

    [Fact]
    public async Task Thirds_of_cents_are_rounded_once_for_the_running_total_so_that_all_burns_sum_to_what_the_month_costs()
    {
        var tool = await prepaid.Tool("tiny", "tiny");
        await prepaid.Buy(tool, 5.00m);

        // Ten jobs a month are free, which is less than ten in what is left of this one: from the 21st at 09:30 or later on, three or fewer.
        for (var hour = 1; hour <= 6; hour++)
            await prepaid.Hour(tool, 7 * hour);

        var line = Assert.Single(await Acme.AskAll<decimal>(
            "select max(burnt_after) from balance_entry where installation_id = $1 and resource_id = $2", tool.Installation, tool.Id));
        var burnt = await Acme.Ask<decimal>(
            "select -sum(amount) from balance_entry where installation_id = $1 and cause like 'burn:%'", tool.Installation);
        // 42 jobs and at most ten of them free: between 32 * 0.0033 = 0.1056 -> 0.11 and 42 * 0.0033 = 0.1386 -> 0.14, never six times a rounded seventh.
        Assert.Equal(line, burnt);
        Assert.InRange(burnt, 0.11m, 0.14m);
        Assert.Equal(5.00m - burnt, prepaid.AtVercel(tool));
    }

    [Fact]
    public async Task An_hour_is_burnt_once_however_often_it_is_settled_and_an_outage_is_made_good_by_the_next_hour()
    {
        var tool = await prepaid.Tool("repeated", "stops");
        await prepaid.Buy(tool, 20.00m);
        await prepaid.Hour(tool, 100);

        // The same hour once more, with more on the meter: it waits for the next one.
        Acme.Workshop.Count("repeated", 150);
        await Acme.Execute(
            "insert into billing_schedule (installation_id, work, due_at) values ($1, 'balances', $2)", tool.Installation, Acme.Now);
        await Acme.WorkOff();
        Assert.Equal(19.00m, await prepaid.Balance(tool));

        // Five hours without a worker: one entry for all of them. 20.00 - 4.00 = 16.00
        Acme.Workshop.Count("repeated", 400);
        Acme.Pass(TimeSpan.FromHours(5));
        await Acme.WorkOff();
        Assert.Equal(16.00m, await prepaid.Balance(tool));
        Assert.Equal(3, (await prepaid.Ledger(tool)).Count);
    }

    [Fact]
    public async Task While_Vercel_takes_no_statement_the_credit_is_burnt_all_the_same_and_the_next_statement_says_how_it_stands()
    {
        var tool = await prepaid.Tool("silent", "stops");
        await prepaid.Buy(tool, 20.00m);
        Acme.Vercel.Disturbances.Plan(HttpMethod.Post, $"{tool.Installation}/billing/balance", Disturbance.Fails(400));

        await prepaid.Hour(tool, 100);
        Assert.Equal((19.00m, 20.00m), (await prepaid.Balance(tool), prepaid.AtVercel(tool)));
        await prepaid.Hour(tool, 300);
        Assert.Equal((17.00m, 17.00m), (await prepaid.Balance(tool), prepaid.AtVercel(tool)));

        Assert.Equal(
            ["taken", "400", "taken"],
            await Acme.AskAll<string>(
                "select coalesce(left(refusal, 3), 'taken') from balance_statement where installation_id = $1 order by slot_start",
                tool.Installation));
    }

    [Fact]
    public async Task What_was_used_until_the_uninstall_is_burnt_before_the_end_and_what_is_left_stays_on_record()
    {
        var tool = await prepaid.Tool("leaving", "stops");
        await prepaid.Buy(tool, 20.00m);
        await prepaid.Hour(tool, 100);
        Acme.Pass(TimeSpan.FromMinutes(20));
        Acme.Workshop.Count("leaving", 350);

        var exchange = await Acme.Customer.Uninstall(tool.Installation, TestContext.Current.CancellationToken);
        Assert.True(exchange.IsSuccess, exchange.ToString());
        await Acme.Live(Acme.Now.AddHours(2));

        // 350 jobs are 3.50: 20.00 - 3.50 = 16.50, and no invoice tells of them.
        Assert.Equal(16.50m, await prepaid.Balance(tool));
        Assert.Equal("finalized", await Acme.Ask<string>("select stage from installation where installation_id = $1", tool.Installation));
        Assert.All(Acme.Vercel.State.Installations[tool.Installation].Invoices, invoice => Assert.Null(invoice.ExternalId));
    }

    [Fact]
    public async Task A_resource_that_changes_to_a_subscription_burns_no_more_and_keeps_what_is_left()
    {
        var tool = await prepaid.Tool("changing", "stops");
        await prepaid.Buy(tool, 10.00m);
        await prepaid.Hour(tool, 600);
        Assert.Equal(("ready", "Balance is low"), prepaid.Shown(tool));

        // 50 jobs more on credit, then 100 on the subscription: 10.00 - 6.50 = 3.50
        Acme.Pass(TimeSpan.FromMinutes(20));
        Acme.Workshop.Count("changing", 650);
        var change = new JsonObject { ["billingPlanId"] = "pro" };
        (await Acme.Patch(tool.Path, Acme.Admin(tool.Installation), change)).Is(HttpStatusCode.OK);
        await Acme.WorkOff();
        await prepaid.Hour(tool, 750);

        Assert.Equal(3.50m, await prepaid.Balance(tool));
        Assert.Equal(("ready", null), prepaid.Shown(tool));
        var receipt = Acme.Vercel.State.Installations[tool.Installation].Billing.Receipts[^1];
        // Of the interim lines: the base of an hour or less, and 100 jobs at 0.001. The 6.50 are no line of it.
        Assert.InRange(receipt.Total, 0.10m, 0.13m);
        Assert.Contains(receipt.Usage, usage => usage is { Name: "Jobs", PeriodValue: 750m });
    }

    [Fact]
    public async Task A_plan_for_the_whole_installation_draws_on_one_balance_for_all_that_it_covers_and_stops_all_of_it()
    {
        var one = await Acme.Provision(await Acme.Install(), "pooled-one", "pool");
        var two = await Acme.Provision(one.Installation, "pooled-two", "pool");
        await BuyForAll(one.Installation, 10.00m);

        // 200 jobs of one and 400 of the other are 6.00: 10.00 - 6.00 = 4.00, which is low for the installation, not for its resources.
        Acme.Workshop.Count("pooled-two", 400);
        await prepaid.Hour(one, 200);
        Assert.Equal((4.00m, "Balance is low"), (AtVercel(), Banner()));
        Assert.Equal(("ready", null), prepaid.Shown(one));
        var read = await Acme.Customer.GetInstallation(one.Installation, TestContext.Current.CancellationToken);
        Assert.Contains("Balance is low", read.Body, StringComparison.Ordinal);

        // 4.00 - 5.00 = -1.00
        Acme.Workshop.Count("pooled-two", 800);
        await prepaid.Hour(one, 300);
        Assert.Equal((-1.00m, null), (AtVercel(), Banner()));
        Assert.Equal(["suspended", "suspended"], new[] { one, two }.Select(tool => prepaid.Shown(tool).Status));

        await BuyForAll(one.Installation, 20.00m);
        Assert.Equal(["resumed", "resumed"], new[] { one, two }.Select(tool => prepaid.Shown(tool).Status));
        Assert.Equal((19.00m, null), (AtVercel(), Banner()));

        decimal AtVercel() =>
            Acme.Vercel.State.Installations[one.Installation].Balances!.Balances.Single(balance => balance.ResourceId is null).CurrencyValueInCents / 100;

        string? Banner() =>
            Acme.Vercel.State.Installations[one.Installation].Notification is { ValueKind: JsonValueKind.Object } told
                ? told.GetProperty("title").GetString()
                : null;
    }

    [Fact]
    public async Task Credit_that_is_bought_at_a_resource_for_the_plan_that_covers_it_is_the_installations()
    {
        var tool = await Acme.Provision(await Acme.Install(), "pooled-alone", "pool");

        await prepaid.Buy(tool, 10.00m);
        Assert.Equal(0m, await prepaid.Balance(tool));
        Assert.Equal(10.00m, await Acme.Ask<decimal>(
            "select sum(amount) from balance_entry where installation_id = $1 and resource_id is null", tool.Installation));

        // 200 jobs at 0.01 are 2.00, and it is not stopped for want of credit.
        await prepaid.Hour(tool, 200);
        Assert.Equal(("ready", null), prepaid.Shown(tool));
        Assert.Equal(800, Acme.Vercel.State.Installations[tool.Installation].Balances!.Balances.Single(balance => balance.ResourceId is null).CurrencyValueInCents);
    }

    private async Task BuyForAll(string installation, decimal amount)
    {
        var (_, exchange) = await Acme.Customer.Purchase(installation, resourceId: null, amount, TestContext.Current.CancellationToken);
        Assert.True(exchange is { IsSuccess: true, Findings.IsEmpty: true }, exchange?.ToString());
        await Acme.WorkOff();
    }
}
