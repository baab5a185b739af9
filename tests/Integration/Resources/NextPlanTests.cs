using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;

namespace Marketplace.Integration.Resources;

/// <summary>A change of plan that waits until the period is over. Source: contract §E.3, §C.1 <c>effectiveDate</c>.</summary>
public sealed class NextPlanTests : IAsyncLifetime
{
    private const string February = "2027-02-01T00:00:00Z";

    private Acme acme = null!;

    public async ValueTask InitializeAsync() =>
        acme = await Acme.Open(new AcmeOptions { Catalogue = "acme-choices.catalog.json", Start = At("2027-01-30T12:00:00Z") });

    public ValueTask DisposeAsync() => acme.DisposeAsync();

    [Fact]
    public async Task A_delayed_change_is_answered_with_the_plan_and_the_date_and_the_old_plan_goes_on()
    {
        var resource = await Provision("pro");

        var answer = await Choose(resource, "free");

        Assert.Equal(("free", February), Shown(answer.Is(HttpStatusCode.OK)));
        Assert.Equal(("free", February), Shown(await Read(resource)));
        Assert.Equal(["pro 12:00:00 "], await acme.PlanPeriods(resource));
        await acme.Work("operations");
        Assert.Equal("pro", acme.Workshop.PlanOf(resource.Id));
    }

    [Fact]
    public async Task It_takes_hold_at_exactly_that_instant_also_when_the_worker_comes_late()
    {
        var resource = await Provision("pro");
        (await Choose(resource, "free")).Is(HttpStatusCode.OK);

        acme.Pass(At(February) - acme.Now - TimeSpan.FromSeconds(1));
        await acme.Work("plan-changes");
        Assert.Equal(["pro 12:00:00 "], await acme.PlanPeriods(resource));

        acme.Pass(TimeSpan.FromMinutes(47));
        await acme.Work("plan-changes", "operations");
        Assert.Equal(["pro 12:00:00 00:00:00", "free 00:00:00 "], await acme.PlanPeriods(resource));
        Assert.Equal("free", acme.Workshop.PlanOf(resource.Id));
        Assert.Equal(("free", null), Shown(await Read(resource)));
        Assert.Equal(1, acme.Workshop.Calls("ChangePlan", resource.Id));
    }

    [Theory]
    [InlineData("pro")]
    [InlineData("team")]
    public async Task Another_choice_withdraws_the_change_that_waits(string plan)
    {
        var resource = await Provision("pro");
        (await Choose(resource, "free")).Is(HttpStatusCode.OK);

        Assert.Equal((plan, null), Shown((await Choose(resource, plan)).Is(HttpStatusCode.OK)));
        acme.Pass(TimeSpan.FromDays(3));
        await acme.Work("plan-changes");

        Assert.Equal((plan, null), Shown(await Read(resource)));
        Assert.StartsWith(plan, (await acme.PlanPeriods(resource))[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_same_choice_again_changes_nothing_and_another_delayed_one_takes_its_place()
    {
        var resource = await Provision("pro");
        (await Choose(resource, "free")).Is(HttpStatusCode.OK);
        var events = await Events(resource);

        Assert.Equal(("free", February), Shown((await Choose(resource, "free")).Is(HttpStatusCode.OK)));
        Assert.Equal(events, await Events(resource));
        Assert.Equal(("prepaid", February), Shown((await Choose(resource, "prepaid")).Is(HttpStatusCode.OK)));
        acme.Pass(TimeSpan.FromDays(3));
        await acme.Work("plan-changes");
        Assert.Equal(("prepaid", null), Shown(await Read(resource)));
    }

    [Fact]
    public async Task A_change_that_waits_holds_its_place_on_the_plan()
    {
        var resource = await Provision("pro");
        await acme.Provision(resource.Installation, "first", "free", metadata: new JsonObject { ["purpose"] = "tests" });
        (await Choose(resource, "free")).Is(HttpStatusCode.OK);

        var third = await acme.Post(
            Paths.Resources(resource.Installation), acme.Admin(resource.Installation),
            Requests.Provision("third", "free", metadata: new JsonObject { ["purpose"] = "tests" }));

        Assert.NotNull(third.IsConflict()["user"]!["message"]);
        (await Choose(resource, "pro")).Is(HttpStatusCode.OK);
        await acme.Provision(resource.Installation, "third", "free", metadata: new JsonObject { ["purpose"] = "tests" });
    }

    [Fact]
    public async Task A_resource_that_is_deleted_before_has_its_old_plan_to_the_end_and_after_it_both()
    {
        var (early, late) = (await Provision("pro"), await Provision("pro"));
        (await Choose(early, "free")).Is(HttpStatusCode.OK);
        (await Choose(late, "free")).Is(HttpStatusCode.OK);
        acme.Pass(TimeSpan.FromHours(1));
        (await acme.Delete(early.Path, acme.Admin(early.Installation))).IsEmpty();

        // Nobody has come to begin the plan of the other yet.
        acme.Pass(At(February) - acme.Now + TimeSpan.FromHours(5));
        (await acme.Delete(late.Path, acme.Admin(late.Installation))).IsEmpty();
        await acme.Work("plan-changes");

        Assert.Equal(["pro 12:00:00 13:00:00"], await acme.PlanPeriods(early));
        Assert.Equal(["pro 12:00:00 00:00:00", "free 00:00:00 05:00:00"], await acme.PlanPeriods(late));
    }

    [Fact]
    public async Task A_change_of_choices_after_the_date_is_on_the_new_plan_though_nobody_had_begun_it()
    {
        var resource = await Provision("team");
        (await Choose(resource, "pro")).Is(HttpStatusCode.OK);
        acme.Pass(At(February) - acme.Now + TimeSpan.FromHours(2));

        var changed = await acme.Patch(
            resource.Path, acme.Admin(resource.Installation), new JsonObject { ["metadata"] = new JsonObject { ["disk"] = new JsonArray(60) } });

        Assert.Equal(("pro", null), Shown(changed.Is(HttpStatusCode.OK)));
        Assert.Equal(
            ["team 12:00:00 00:00:00", "pro 00:00:00 02:00:00", "pro 02:00:00 "], await acme.PlanPeriods(resource));
    }

    [Fact]
    public async Task A_plan_that_begins_with_another_change_and_is_refused_was_never_there()
    {
        var resource = await Provision("team");
        (await Choose(resource, "pro")).Is(HttpStatusCode.OK);
        acme.Pass(At(February) - acme.Now + TimeSpan.FromHours(2));
        acme.Workshop.Plan("ChangePlan", (string)resource.Json["name"]!, new WorkshopEvent.Refuses("Not on pro."));
        (await acme.Patch(
            resource.Path, acme.Admin(resource.Installation), new JsonObject { ["metadata"] = new JsonObject { ["disk"] = new JsonArray(60) } }))
            .Is(HttpStatusCode.OK);

        await acme.Work("operations");

        Assert.Equal(("team", null), Shown(await Read(resource)));
        Assert.Equal(["team 12:00:00 "], await acme.PlanPeriods(resource));
    }

    [Fact]
    public async Task The_month_is_billed_on_the_old_plan_and_the_next_on_the_new_one()
    {
        var resource = await Provision("team");
        // By Vercel's own hand, which remembers which plan is in force from when.
        await acme.Customer.ChangePlan(resource.Installation, resource.Id, "pro", TestContext.Current.CancellationToken);

        await acme.Live(At("2027-03-01T00:00:00Z"));

        var invoices = acme.Vercel.State.Installations[resource.Installation].Invoices;
        // Team with the 10 GB of the form's default: 101.00 * 1.5 / 31 = 4.887… -> 4.89. Then pro for the whole of February.
        Assert.Equal([("team", 4.89m), ("pro", 19.00m)], invoices.Select(invoice => (invoice.Items[0].BillingPlanId, invoice.Total)));
        Assert.Empty(acme.Vercel.State.Findings);
    }

    [Fact]
    public async Task Vercel_s_dashboard_finds_nothing_to_say()
    {
        var resource = await Provision("pro");

        var exchange = await acme.Customer.ChangePlan(resource.Installation, resource.Id, "free", TestContext.Current.CancellationToken);

        Assert.True(exchange is { IsSuccess: true, Findings.IsEmpty: true }, exchange.ToString());
    }

    private async Task<Provisioned> Provision(string plan) =>
        await acme.Provision(await acme.Install(), plan: plan, metadata: new JsonObject { ["purpose"] = "tests" });

    private Task<Answer> Choose(Provisioned resource, string plan) =>
        acme.Patch(resource.Path, acme.Admin(resource.Installation), new JsonObject { ["billingPlanId"] = plan });

    private async Task<JsonNode> Read(Provisioned resource) =>
        (await acme.Get(resource.Path, acme.System(resource.Installation))).Is(HttpStatusCode.OK);

    private Task<long> Events(Provisioned resource) =>
        acme.Ask<long>("select count(*) from domain_event where installation_id = $1", resource.Installation);

    private static (string Plan, string? EffectiveDate) Shown(JsonNode resource) =>
        (resource["billingPlan"]!["id"]!.GetValue<string>(), resource["billingPlan"]!["effectiveDate"]?.GetValue<string>());

    private static DateTimeOffset At(string moment) => DateTimeOffset.Parse(moment, CultureInfo.InvariantCulture);
}
