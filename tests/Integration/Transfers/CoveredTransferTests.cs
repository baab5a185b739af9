using System.Net;
using Marketplace.Integration.BillingPlans;

namespace Marketplace.Integration.Transfers;

/// <summary>Transfers where installations are billed as a whole: the target's plan covers what arrives, or changes. Source: contract §B.5, §B.1.</summary>
public sealed class CoveredTransferTests(CoveredTransferTests.Fixture fixture) : IClassFixture<CoveredTransferTests.Fixture>
{
    private Acme Acme => fixture.Acme;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_the_targets_plan_has_room_for_comes_under_it()
    {
        var source = await Acme.Install();
        var tool = await Acme.Provision(source, plan: "company");
        var target = await Acme.Install();
        var claim = await Acme.Offer(tool);

        (await Acme.Verify(target, claim)).NeedsNoPlan();
        (await Acme.Accept(target, claim)).IsEmpty();

        Assert.Equal(("company", "starter"), (await Plan(source), await Plan(target)));
        Assert.Equal("starter", await PlanOf(tool.At(target)));
        await Acme.WorkOff();
        Assert.Equal("starter", Acme.Workshop.PlanOf(tool.Id));
    }

    [Fact]
    public async Task A_target_whose_plan_is_full_is_shown_the_plan_that_all_of_it_changes_to()
    {
        var tool = await Acme.Provision(await Acme.Install(), plan: "starter");
        var target = await Acme.Install();
        var own = await Acme.Provision(target, plan: "starter");
        var claim = await Acme.Offer(tool);

        // Nobody has shown the target what all of it would cost.
        (await Acme.Accept(target, claim)).IsConflict();
        var shown = (await Acme.Verify(target, claim)).Is(HttpStatusCode.OK)["newBillingPlan"]!;
        Assert.Equal(("company", "installation"), (shown["id"]!.GetValue<string>(), shown["scope"]!.GetValue<string>()));
        Assert.Equal("starter", await Plan(target));
        (await Acme.Accept(target, claim)).IsEmpty();

        Assert.Equal("company", await Plan(target));
        foreach (var resource in new[] { own, tool.At(target) })
            Assert.Equal("company", await PlanOf(resource));
        await Acme.WorkOff();
        Assert.Equal(("company", "company"), (Acme.Workshop.PlanOf(tool.Id), Acme.Workshop.PlanOf(own.Id)));
    }

    [Fact]
    public async Task Each_side_goes_on_paying_for_all_of_it_and_for_what_was_counted_in_its_hands()
    {
        var tool = await Acme.Provision(await Acme.Install(), "counted", "company");
        var (source, target) = (tool.Installation, await Acme.Install());
        await Acme.Provision(target, "own", "company");
        var began = Acme.Now;
        await Acme.Live(began.AddDays(1.5));
        Acme.Workshop.Count("counted", 3000);
        (await Acme.Customer.Transfer(source, target, [tool.Id], Cancel)).ForEach(exchange =>
            Assert.True(exchange is { IsSuccess: true, Findings.IsEmpty: true }, exchange.ToString()));
        Acme.Workshop.Count("counted", 5000);

        var monthEnd = new DateTimeOffset(began.Year, began.Month, 1, 0, 0, 0, TimeSpan.Zero).AddMonths(1);
        await Acme.Live(monthEnd.AddHours(3));

        // The plan covers the installation, whatever is in it; 0.001 for each job, in whoever's hands it was done.
        var whole = Math.Round(99m * (monthEnd - began).Ticks / (monthEnd - monthEnd.AddMonths(-1)).Ticks, 2);
        Assert.Equal([whole, 3.00m], await Lines(source));
        Assert.Equal([whole, 2.00m], await Lines(target));
        // The others here go behind the back of Vercel's side, which then differs from ours.
        Assert.DoesNotContain(
            Acme.Vercel.State.Findings.Select(finding => finding.ToString()),
            finding => finding.Contains(source, StringComparison.Ordinal) || finding.Contains(target, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Each_target_is_shown_what_it_needs_itself()
    {
        var source = await Acme.Install();
        var tools = new[] { await Acme.Provision(source, "one", "company"), await Acme.Provision(source, "two", "company") };
        var (empty, full) = (await Acme.Install(), await Acme.Install());
        foreach (var name in new[] { "first", "second" })
            await Acme.Provision(full, name, "company");
        var claim = await Acme.Offer(tools);

        Assert.Equal("company", (await Acme.Verify(empty, claim)).Is(HttpStatusCode.OK)["newBillingPlan"]!["id"]!.GetValue<string>());
        Assert.Equal("group", (await Acme.Verify(full, claim)).Is(HttpStatusCode.OK)["newBillingPlan"]!["id"]!.GetValue<string>());

        (await Acme.Accept(full, claim)).IsEmpty();
        Assert.Equal(("starter", "group"), (await Plan(empty), await Plan(full)));
        (await Acme.Accept(empty, claim)).IsConflict();
    }

    [Fact]
    public async Task A_target_that_owes_gets_what_its_plan_covers_and_no_larger_plan()
    {
        var source = await Acme.Install();
        var (first, second) = (await Acme.Provision(source, "first", "company"), await Acme.Provision(source, "second", "company"));
        var target = await Acme.Install();
        await Acme.Owes(target);

        (await Acme.Accept(target, await Acme.Offer(first))).IsEmpty();
        var claim = await Acme.Offer(second);
        foreach (var refused in new[] { await Acme.Verify(target, claim), await Acme.Accept(target, claim) })
            Assert.Contains("could not be charged", refused.IsConflict()["user"]!["message"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal("starter", await Plan(target));
    }

    private async Task<IEnumerable<decimal>> Lines(string installation) =>
        await Acme.AskAll<decimal>("select total from invoice_line where installation_id = $1 order by line_number", installation);

    private async Task<string> Plan(string installation) =>
        (await Acme.Get(Paths.Installation(installation), Acme.System(installation))).Is(HttpStatusCode.OK)["billingPlan"]!["id"]!.GetValue<string>();

    private async Task<string> PlanOf(Provisioned resource) =>
        (await Acme.Get(resource.Path, Acme.System(resource.Installation))).Is(HttpStatusCode.OK)["billingPlan"]!["id"]!.GetValue<string>();

    public sealed class Fixture : IAsyncLifetime
    {
        public Acme Acme { get; private set; } = null!;

        public async ValueTask InitializeAsync() =>
            Acme = await Acme.Open(new AcmeOptions { Catalogue = "acme-covering-plans.catalog.json" });

        public ValueTask DisposeAsync() => Acme.DisposeAsync();
    }
}
