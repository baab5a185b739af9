using System.Net;

namespace Marketplace.Integration.Transfers;

/// <summary>Transfers where installations are billed as a whole: the target's plan covers what arrives, or changes. Source: contract §B.5, §B.1.</summary>
public sealed class CoveredTransferTests(CoveredTransferTests.Fixture fixture) : IClassFixture<CoveredTransferTests.Fixture>
{
    private Acme Acme => fixture.Acme;

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
        Assert.Equal("company", Acme.Workshop.PlanOf(tool.Id));
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
