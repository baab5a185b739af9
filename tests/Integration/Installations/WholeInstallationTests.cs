using System.Net;
using System.Text.Json.Nodes;
using Marketplace.Simulator.Installations;
using Npgsql;
using Invoice = Marketplace.Simulator.Invoices.Invoice;

namespace Marketplace.Integration.Installations;

/// <summary>An installation that is billed as a whole, by one plan for everything in it. Source: contract §B.1, §C.1, §D.7, §D.8, §E.3.</summary>
public sealed class WholeInstallationTests(WholeInstallationTests.Fixture fixture) : IClassFixture<WholeInstallationTests.Fixture>
{
    private Acme Acme => fixture.Acme;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_month_with_two_changes_of_plan_is_billed_to_the_cent_over_all_resources_of_all_products()
    {
        await using var story = await Open(At("2027-01-30T00:00:00Z"));
        var installation = await story.Install();
        story.Workshop.Count("one", 1_000_000);
        story.Workshop.Count("two", 500);
        await story.Provision(installation, "one", plan: "starter");
        var two = await story.Provision(installation, "two", plan: "starter", product: "acme-robots");

        // 30 January, 06:00: starter -> company. What was counted until then was counted on the free plan.
        await story.Live(At("2027-01-30T05:20:00Z"));
        story.Workshop.Count("one", 1_000_700);
        await story.Live(At("2027-01-30T06:00:00Z"));
        await ChangePlan(story, installation, "company");
        // On company: 2,345 jobs of one and 700 of two.
        story.Workshop.Count("one", 1_003_045);
        story.Workshop.Count("two", 1_200);
        await story.Live(At("2027-01-31T12:00:00Z"));
        // 31 January, 12:00: company -> group, on which one does 1,000 jobs and two 501 before it is deleted.
        await ChangePlan(story, installation, "group");
        story.Workshop.Count("one", 1_004_045);
        story.Workshop.Count("two", 1_701);
        await story.Live(At("2027-01-31T18:30:00Z"));
        Assert.True((await story.Customer.DeleteResource(installation, two.Id, Cancel)).IsSuccess);
        await story.Live(At("2027-02-01T00:00:00Z"));

        // January has 2,678,400 s. Company from the 30th, 06:00 to the 31st, 12:00: 108,000 s. 62.00 * 108,000 / 2,678,400 = 2.50.
        // Included once for the installation: 1,000 * 108,000 / 2,678,400 = 40.322581 (rounded up); 3,045 - 40.322581 = 3,004.677419,
        // * 0.001 = 3.0046… -> 3.00. Group for 43,200 s: 124.00 * 43,200 / 2,678,400 = 2.00. 1,501 * 0.0005 = 0.7505 -> 0.75.
        var invoice = Assert.Single(InvoicesOf(story, installation));
        Assert.Equal(
            [("company", "2.50"), ("company", "3.00"), ("group", "2.00"), ("group", "0.75")],
            invoice.Items.Select(item => (item.BillingPlanId, item.Total)));
        Assert.All(invoice.Items, item => Assert.Null(item.ResourceId));
        Assert.Equal([3004.677419m, 1501m], [invoice.Items[1].Quantity, invoice.Items[3].Quantity]);
        Assert.Equal(8.25m, invoice.Total);
        Assert.Equal((At("2027-01-30T06:00:00Z"), At("2027-01-31T12:00:00Z")), (invoice.Items[0].Start, invoice.Items[0].End));
        Assert.Equal((At("2027-01-31T12:00:00Z"), null), (invoice.Items[2].Start, invoice.Items[2].End));
        // What was shown is what is billed, and no later look makes another invoice.
        Assert.Equal(invoice.Total, story.Vercel.State.Installations[installation].Billing.Receipts[^1].Total);
        await story.Live(At("2027-02-01T02:00:00Z"));
        Assert.Equal("paid", await story.Ask<string>("select state from invoice where installation_id = $1", installation));
        Assert.Single(InvoicesOf(story, installation));
        Assert.Empty(story.Vercel.State.Findings);
    }

    [Fact]
    public async Task The_uninstall_bills_the_rest_of_the_plan_and_only_then_is_it_final()
    {
        await using var story = await Open(At("2027-02-01T00:00:00Z"));
        var installation = await story.Install();
        await ChangePlan(story, installation, "company");
        await story.Live(At("2027-02-01T06:00:00Z"));

        // There is no resource, and yet there is something to bill.
        var answer = await story.Customer.Uninstall(installation, Cancel);
        Assert.Equal("""{"finalized":false}""", answer.Body);
        await story.WorkOff();

        // 21,600 of 2,419,200 s: 62.00 * 21,600 / 2,419,200 = 0.553… -> 0.55.
        var invoice = Assert.Single(InvoicesOf(story, installation));
        Assert.Equal([("company", "0.55")], invoice.Items.Select(item => (item.BillingPlanId, item.Total)));
        Assert.Equal("uninstalling", await Stage(story, installation));
        await story.Live(story.Now.AddHours(2));
        Assert.Equal("finalized", await Stage(story, installation));
        Assert.Equal(InstallationStage.Finalized, story.Vercel.State.Installations[installation].Stage);
        Assert.Equal(0, await story.Ask<long>("select count(*) from installation_plan_period where ended_at is null"));
        Assert.Empty(story.Vercel.State.Findings);
    }

    [Fact]
    public async Task Interim_data_names_no_resource_for_the_plan_and_tells_the_usage_of_the_whole_and_of_each_resource()
    {
        await using var story = await Open(At("2027-01-21T09:30:00Z"));
        var installation = await story.Install();
        var one = await story.Provision(installation, "interim-one", plan: "company");
        var two = await story.Provision(installation, "interim-two", plan: "company", product: "acme-robots");
        story.Workshop.Count("interim-one", 300);
        story.Workshop.Count("interim-two", 5);

        await story.Live(story.Now.AddHours(1));

        var receipt = story.Vercel.State.Installations[installation].Billing.Receipts[^1];
        Assert.Equal(
            new (string?, decimal)[] { (null, 305m), (one.Id, 300m), (two.Id, 5m) }.OrderBy(usage => usage.Item1, StringComparer.Ordinal),
            receipt.Usage.Select(usage => (usage.ResourceId, usage.PeriodValue)).OrderBy(usage => usage.ResourceId, StringComparer.Ordinal));
        Assert.Empty(story.Vercel.State.Findings);
        var sent = story.Vercel.Calls.Last(call => call.Path.EndsWith($"{installation}/billing", StringComparison.Ordinal)).Body;
        var items = sent.GetProperty("billing").GetProperty("items").EnumerateArray().ToList();
        Assert.Equal(2, items.Count);
        Assert.All(items, item => Assert.False(item.TryGetProperty("resourceId", out _)));
    }

    [Fact]
    public async Task A_resource_with_a_plan_of_its_own_is_billed_by_that_and_by_nothing_else()
    {
        await using var story = await Open(At("2027-01-31T00:00:00Z"));
        var installation = await story.Install();
        story.Workshop.Count("own", 0);
        story.Workshop.Count("covered", 0);
        await story.Provision(installation, "covered", plan: "group");
        var own = await story.Provision(installation, "own", plan: "pro");
        story.Workshop.Count("covered", 4_000);
        story.Workshop.Count("own", 1_000);

        await story.Live(At("2027-02-01T00:00:00Z"));

        // A day of January: 124.00 / 31 = 4.00, and 12.00 / 31 = 0.387… -> 0.39. 4,000 * 0.0005 = 2.00; 1,000 * 0.001 = 1.00.
        var invoice = Assert.Single(InvoicesOf(story, installation));
        Assert.Equal(
            [(null, "4.00"), (null, "2.00"), (own.Id, "0.39"), (own.Id, "1.00")],
            invoice.Items.Select(item => (item.ResourceId, item.Total)));
        Assert.Empty(story.Vercel.State.Findings);
    }

    [Fact]
    public async Task The_database_refuses_a_second_bill_of_the_whole_for_one_plan_and_period()
    {
        await using var story = await Open(At("2027-01-31T00:00:00Z"));
        var installation = await story.Install();
        await ChangePlan(story, installation, "company");
        await story.Live(At("2027-02-01T00:00:00Z"));
        await story.Execute(
            """
            insert into invoice (installation_id, external_id, billing_period_start, billing_period_end, period_start, period_end, invoice_date, final,
                take_up, total, state, changed_at)
            select installation_id, 'by-hand', billing_period_start, billing_period_end, period_start, period_end, invoice_date, not final, take_up,
                total, 'drafted', changed_at
            from invoice where installation_id = $1
            """,
            installation);

        var refused = await Assert.ThrowsAsync<PostgresException>(() => story.Execute(
            """
            insert into invoice_coverage (installation_id, resource_id, billing_plan_id, period_start, period_end, follows, external_id)
            select installation_id, null, billing_plan_id, period_start, period_end, follows, 'by-hand' from invoice_coverage where installation_id = $1
            """,
            installation));

        Assert.Equal((PostgresErrorCodes.UniqueViolation, "invoice_coverage_once"), (refused.SqlState, refused.ConstraintName));
    }

    [Fact]
    public async Task Another_plan_of_the_installation_reaches_the_provisioner_of_every_resource_under_it()
    {
        var installation = await Acme.Install();
        var one = await Acme.Provision(installation, "reached-one", plan: "starter");
        var two = await Acme.Provision(installation, "reached-two", plan: "starter", product: "acme-robots");
        var own = await Acme.Provision(installation, "reached-own", plan: "pro");
        Acme.Pass(TimeSpan.FromMinutes(5));
        Acme.Workshop.Plan("ChangePlan", "reached-two", new WorkshopEvent.Fails());

        (await Patch(installation, "company")).Is(HttpStatusCode.OK);
        await Acme.Work("operations");
        await Acme.TryAgainNow(two);
        await Acme.Work("operations");

        Assert.Equal(("company", "company", "pro"), (Acme.Workshop.PlanOf(one.Id), Acme.Workshop.PlanOf(two.Id), Acme.Workshop.PlanOf(own.Id)));
        Assert.Equal((1, 2, 0), (Calls(one), Calls(two), Calls(own)));
        Assert.Equal(["starter", "company"], await Plans(one));
        Assert.Equal(["pro"], await Plans(own));
        Assert.Equal(["starter", "company"], await OwnPlans(installation));

        int Calls(Provisioned resource) => Acme.Workshop.Calls("ChangePlan", resource.Id);
    }

    [Fact]
    public async Task Provisioning_on_another_plan_of_the_installation_takes_the_others_along()
    {
        var installation = await Acme.Install();
        var first = await Acme.Provision(installation, "along-first", plan: "starter");
        Acme.Pass(TimeSpan.FromMinutes(5));

        var second = await Acme.Provision(installation, "along-second", plan: "company");
        await Acme.Work("operations");

        Assert.Equal(("company", "company"), (Acme.Workshop.PlanOf(first.Id), Acme.Workshop.PlanOf(second.Id)));
        Assert.Equal(["starter", "company"], await OwnPlans(installation));
        Assert.Equal(["company"], await Plans(second));
        var read = await Acme.Get(first.Path, Acme.System(installation));
        Assert.Equal("company", read.Is(HttpStatusCode.OK)["billingPlan"]!["id"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_resource_that_is_still_being_made_gets_the_limits_of_the_plan_that_comes_meanwhile()
    {
        var installation = await Acme.Install();
        var until = new TaskCompletionSource();
        Acme.Workshop.Plan("Provision", "meanwhile", new WorkshopEvent.Waits(until));
        var provision = Acme.Post(
            Paths.Resources(installation), Acme.Admin(installation), Requests.Provision("meanwhile", plan: "starter"), Acme.NewKey());
        await RealTime.Until(async () => await Acme.Ask<long>("select count(*) from resource where installation_id = $1", installation) == 1, "it is asked for");

        (await Patch(installation, "company")).Is(HttpStatusCode.OK);
        until.SetResult();
        var made = new Provisioned(installation, (await provision).Is(HttpStatusCode.OK));
        await Acme.Work("operations");

        Assert.Equal("company", Acme.Workshop.PlanOf(made.Id));
        Assert.Equal(["company"], await Plans(made));
    }

    [Fact]
    public async Task Whatever_is_answered_in_the_middle_of_a_change_ends_under_the_new_plan()
    {
        var installation = await Acme.Install();
        var names = Enumerable.Range(0, 5).Select(number => $"middle-{number}").ToList();

        var provisions = names.Select(name => Acme.Post(
            Paths.Resources(installation), Acme.Admin(installation), Requests.Provision(name, plan: null), Acme.NewKey())).ToList();
        var changed = await Patch(installation, "company", Acme.NewKey());
        var made = (await Task.WhenAll(provisions)).Select(answer => new Provisioned(installation, answer.Is(HttpStatusCode.OK))).ToList();
        changed.Is(HttpStatusCode.OK);
        await Acme.Work("operations", "operations");

        Assert.All(made, resource => Assert.Equal("company", Acme.Workshop.PlanOf(resource.Id)));
        Assert.Equal(
            Enumerable.Repeat("company", names.Count),
            await Acme.AskAll<string>("select billing_plan_id from plan_period where installation_id = $1 and ended_at is null", installation));
    }

    [Fact]
    public async Task The_plan_that_it_has_already_changes_nothing()
    {
        var installation = await Acme.Install();
        var tool = await Acme.Provision(installation, "quiet", plan: "company");
        await Acme.Work("operations");
        var events = await Events(installation);
        Acme.Pass(TimeSpan.FromMinutes(5));

        var again = await Patch(installation, "company");

        Assert.Equal("company", again.Is(HttpStatusCode.OK)["billingPlan"]!["id"]!.GetValue<string>());
        Assert.Equal(events, await Events(installation));
        Assert.Equal(0, Acme.Workshop.Calls("ChangePlan", tool.Id));
        Assert.Equal(["company"], await OwnPlans(installation));
        Assert.Equal(["company"], await Plans(tool));
    }

    [Fact]
    public async Task One_key_changes_the_plan_once_whatever_came_between()
    {
        var installation = await Acme.Install();
        var key = Acme.NewKey();
        var first = await Patch(installation, "company", key);
        Acme.Pass(TimeSpan.FromMinutes(5));
        (await Patch(installation, "group")).Is(HttpStatusCode.OK);

        var repeated = await Patch(installation, "company", key);

        Assert.Equal(first.Bytes, repeated.Bytes);
        Assert.Equal("group", await PlanOf(installation));
    }

    [Fact]
    public async Task A_plan_that_allows_fewer_resources_than_there_are_is_refused()
    {
        var installation = await Acme.Install();
        foreach (var name in new[] { "full-1", "full-2", "full-3" })
            await Acme.Provision(installation, name, plan: "company");

        Assert.NotEmpty((await Patch(installation, "group")).IsConflict()["user"]!["message"]!.GetValue<string>());

        Assert.Equal("company", await PlanOf(installation));
    }

    [Fact]
    public async Task The_limit_of_the_installations_plan_holds_for_what_comes_under_it_named_or_not()
    {
        var installation = await Acme.Install();
        await Acme.Provision(installation, "limit-1", plan: "group");
        await Acme.Provision(installation, "limit-2", plan: "group");

        (await Acme.Post(Paths.Resources(installation), Acme.Admin(installation), Requests.Provision("limit-3", plan: "group"))).IsConflict();
        (await Acme.Post(Paths.Resources(installation), Acme.Admin(installation), Requests.Provision("limit-3", plan: null))).IsConflict();
        // One with a plan of its own does not come under it.
        (await Acme.Post(Paths.Resources(installation), Acme.Admin(installation), Requests.Provision("limit-own", plan: "pro"))).Is(HttpStatusCode.OK);
    }

    [Fact]
    public async Task An_unknown_plan_is_a_400_that_says_so_and_a_plan_of_a_resource_is_none_of_an_installation()
    {
        var installation = await Acme.Install();

        foreach (var plan in new[] { "nothing", "pro", "" })
        {
            var error = (await Patch(installation, plan)).NamesFields("billingPlanId");
            Assert.Contains("installation", error["message"]!.GetValue<string>(), StringComparison.Ordinal);
        }

        Assert.Equal("starter", await PlanOf(installation));
    }

    [Fact]
    public async Task An_installation_that_is_going_takes_no_other_plan()
    {
        var installation = await Acme.Install();
        await Acme.Provision(installation, "going", plan: "company");
        (await Acme.Delete(Paths.Installation(installation), Acme.Admin(installation))).Is(HttpStatusCode.OK);

        (await Patch(installation, "group")).IsConflict();

        Assert.Equal("company", await PlanOf(installation));
        Assert.Equal(0, await Acme.Ask<long>(
            "select count(*) from installation_plan_period where installation_id = $1 and ended_at is null", installation));
    }

    [Fact]
    public async Task Who_had_a_price_once_is_not_final_before_it_is_billed()
    {
        var (paid, free) = (await Acme.Install(), await Acme.Install());
        (await Patch(paid, "company")).Is(HttpStatusCode.OK);
        Acme.Pass(TimeSpan.FromMinutes(5));
        (await Patch(paid, "starter")).Is(HttpStatusCode.OK);

        Assert.Equal("""{"finalized":false}""", (await Acme.Delete(Paths.Installation(paid), Acme.Admin(paid))).Text);
        Assert.Equal("""{"finalized":true}""", (await Acme.Delete(Paths.Installation(free), Acme.Admin(free))).Text);
    }

    [Fact]
    public async Task A_resource_that_nobody_was_told_of_is_not_billed_to_the_installation()
    {
        await using var story = await Open(At("2027-01-31T00:00:00Z"));
        var installation = await story.Install();
        await ChangePlan(story, installation, "group");
        story.Workshop.Count("unheard", 0);
        // Its answer never reached Vercel: the provision is undone after an hour.
        var answer = await story.Post(
            Paths.Resources(installation), story.Admin(installation), Requests.Provision("unheard", plan: null), Acme.NewKey());
        var resource = new Provisioned(installation, answer.Is(HttpStatusCode.OK));
        await story.Execute("delete from plan_period where installation_id = $1", installation);
        await story.Execute(
            "insert into outbox_message (installation_id, resource_id, kind, created_at, due_at) values ($1, $2, 'resource_adoption', $3, $3)",
            installation, resource.Id, story.Now);
        story.Workshop.Count("unheard", 9_000);

        await story.Live(At("2027-02-01T00:00:00Z"));

        Assert.False(story.Workshop.Holds(resource.Id));
        var invoice = Assert.Single(InvoicesOf(story, installation));
        Assert.Equal([("group", "4.00")], invoice.Items.Select(item => (item.BillingPlanId, item.Total)));
        Assert.Empty(story.Vercel.State.Findings);
    }

    private static Task<Acme> Open(DateTimeOffset start) =>
        Acme.Open(new AcmeOptions { Catalogue = "acme-whole-installations.catalog.json", Start = start });

    private static async Task ChangePlan(Acme acme, string installation, string plan)
    {
        var changed = await acme.Customer.ChangeInstallationPlan(installation, plan, Cancel);
        Assert.True(changed is { IsSuccess: true, Findings.IsEmpty: true }, changed.ToString());
        await acme.WorkOff();
    }

    private static DateTimeOffset At(string moment) => DateTimeOffset.Parse(moment);

    private static IReadOnlyList<Invoice> InvoicesOf(Acme acme, string installation) => acme.Vercel.State.Installations[installation].Invoices;

    private static Task<string?> Stage(Acme acme, string installation) =>
        acme.Ask<string>("select stage from installation where installation_id = $1", installation);

    private Task<Answer> Patch(string installation, string plan, string? key = null) =>
        Acme.Patch(Paths.Installation(installation), Acme.Admin(installation), new JsonObject { ["billingPlanId"] = plan }, key);

    private async Task<string> PlanOf(string installation) =>
        (await Acme.Get(Paths.Installation(installation), Acme.System(installation))).Is(HttpStatusCode.OK)["billingPlan"]!["id"]!.GetValue<string>();

    private Task<IReadOnlyList<string>> Plans(Provisioned resource) => Acme.AskAll<string>(
        "select billing_plan_id from plan_period where installation_id = $1 and resource_id = $2 order by started_at", resource.Installation, resource.Id);

    private Task<IReadOnlyList<string>> OwnPlans(string installation) => Acme.AskAll<string>(
        "select billing_plan_id from installation_plan_period where installation_id = $1 order by started_at", installation);

    private Task<IReadOnlyList<string>> Events(string installation) =>
        Acme.AskAll<string>("select kind from domain_event where installation_id = $1 order by event_id", installation);

    public sealed class Fixture : IAsyncLifetime
    {
        public Acme Acme { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Acme = await Open(Acme.Start);

        public ValueTask DisposeAsync() => Acme.DisposeAsync();
    }
}
