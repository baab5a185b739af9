using System.Net;
using System.Text.Json.Nodes;

namespace Marketplace.Integration.Transfers;

/// <summary>
/// Plans that only so many resources of an installation may be on: two on Acme Tools' <c>free</c>. Source: contract §B.3, <c>disabled</c>; §B.5.
/// </summary>
[Collection(SharedChoicesAcme.Name)]
public sealed class TransferLimitTests(ChoicesAcme fixture)
{
    private Acme Acme => fixture.Acme;

    [Fact]
    public async Task Of_several_that_arrive_together_the_first_take_the_room_that_there_is()
    {
        var (source, target) = (await Acme.Install(), await Acme.Install());
        var (one, two) = (await Provision(source, "one", "free"), await Provision(source, "two", "free"));
        await Provision(target, "own", "free");
        var claim = await Acme.Offer(one, two);

        (await Acme.Accept(target, claim)).IsConflict();
        Assert.Equal("pro", (string?)(await Acme.Verify(target, claim)).Is(HttpStatusCode.OK)["newBillingPlan"]!["id"]);
        (await Acme.Accept(target, claim)).IsEmpty();

        Assert.Equal(("free", "pro"), (await PlanOf(one.At(target)), await PlanOf(two.At(target))));
    }

    [Fact]
    public async Task Of_two_that_arrive_at_the_same_moment_one_takes_the_last_room_and_one_is_told_to_look_again()
    {
        for (var round = 0; round < 4; round++)
        {
            var target = await Acme.Install();
            await Provision(target, "own", "free");
            var tools = new[] { await Provision(await Acme.Install(), "one", "free"), await Provision(await Acme.Install(), "two", "free") };
            var claims = new[] { await Acme.Offer(tools[0]), await Acme.Offer(tools[1]) };

            var answers = await Task.WhenAll(claims.Select(claim => Acme.Accept(target, claim)));

            var refused = Array.FindIndex(answers, answer => answer.Status != HttpStatusCode.NoContent);
            answers[1 - refused].IsEmpty();
            Assert.Contains("verify again", (string?)answers[refused].IsConflict()["message"], StringComparison.Ordinal);
            Assert.Equal(2, await OnFree(target));
            Assert.Equal("pro", (string?)(await Acme.Verify(target, claims[refused])).Is(HttpStatusCode.OK)["newBillingPlan"]!["id"]);
            (await Acme.Accept(target, claims[refused])).IsEmpty();
            Assert.Equal("pro", await PlanOf(tools[refused].At(target)));
        }
    }

    [Fact]
    public async Task The_last_room_goes_to_an_arrival_or_to_a_provision_or_to_a_change_of_plan_and_never_to_two_of_them()
    {
        for (var round = 0; round < 4; round++)
        {
            var target = await Acme.Install();
            await Provision(target, "own", "free");
            var changing = await Provision(target, "changing", "team");
            var claim = await Acme.Offer(await Provision(await Acme.Install(), "arriving", "free"));
            // From team it would wait for the end of the period, and holds its room until then.
            var answers = await Task.WhenAll(
                Acme.Accept(target, claim),
                Acme.Post(Paths.Resources(target), Acme.Admin(target), Requests.Provision("new", "free", metadata: Form()), Acme.NewKey()),
                Acme.Patch(changing.Path, Acme.Admin(target), new JsonObject { ["billingPlanId"] = "free" }, Acme.NewKey()));

            Assert.Single(answers, answer => (int)answer.Status is 200 or 204);
            foreach (var refused in answers.Where(answer => (int)answer.Status is not (200 or 204)))
                Assert.NotEmpty(refused.IsConflict()["user"]!["message"]!.GetValue<string>());
            Assert.Equal(2, await OnFree(target));
        }
    }

    [Fact]
    public async Task A_change_that_waits_goes_along_where_there_is_room_and_is_withdrawn_where_there_is_none()
    {
        var source = await Acme.Install();
        var (fits, fitsNot) = (await Provision(source, "fits", "pro"), await Provision(source, "fits-not", "pro"));
        foreach (var tool in new[] { fits, fitsNot })
            (await Acme.Patch(tool.Path, Acme.Admin(source), new JsonObject { ["billingPlanId"] = "free" })).Is(HttpStatusCode.OK);
        var target = await Acme.Install();
        await Provision(target, "own", "free");

        foreach (var tool in new[] { fits, fitsNot })
        {
            var claim = await Acme.Offer(tool);
            // What it is on today is enough.
            (await Acme.Verify(target, claim)).NeedsNoPlan();
            (await Acme.Accept(target, claim)).IsEmpty();
        }

        var (along, withdrawn) = (await Shown(fits.At(target)), await Shown(fitsNot.At(target)));
        Assert.Equal("free", (string?)along["id"]);
        Assert.NotNull(along["effectiveDate"]);
        Assert.Equal("pro", (string?)withdrawn["id"]);
        Assert.Null(withdrawn["effectiveDate"]);
        Assert.Equal(2, await OnFree(target));
    }

    /// <summary>The worker was away when the plan was due, and Vercel did not wait for it.</summary>
    [Fact]
    public async Task A_plan_whose_time_has_come_has_begun_when_it_is_handed_over_though_nobody_has_written_it_down()
    {
        await using var acme = await Acme.Open(new AcmeOptions
        {
            Catalogue = "acme-choices.catalog.json", Start = new DateTimeOffset(2027, 1, 30, 12, 0, 0, TimeSpan.Zero),
        });
        var tool = await acme.Provision(await acme.Install(), plan: "pro", metadata: Form());
        (await acme.Patch(tool.Path, acme.Admin(tool.Installation), new JsonObject { ["billingPlanId"] = "free" })).Is(HttpStatusCode.OK);
        var target = await acme.Install();
        acme.Pass(TimeSpan.FromHours(37));
        Assert.Equal(["pro 12:00:00 "], await acme.PlanPeriods(tool));

        (await acme.Accept(target, await acme.Offer(tool))).IsEmpty();

        Assert.Equal(["pro 12:00:00 00:00:00", "free 00:00:00 01:00:00"], await acme.PlanPeriods(tool));
        Assert.Equal(["free 01:00:00 "], await acme.PlanPeriods(tool.At(target)));
        await acme.Work("plan-changes", "operations");
        Assert.Equal("free", acme.Workshop.PlanOf(tool.Id));
        (await acme.Patch(tool.At(target).Path, acme.Admin(target), new JsonObject { ["billingPlanId"] = "team" })).Is(HttpStatusCode.OK);
        Assert.Equal(1, await acme.Ask<long>(
            "select count(*) from domain_event where installation_id = $1 and kind = 'resource.PlanChanged'", tool.Installation));
    }

    private Task<Provisioned> Provision(string installation, string name, string plan) =>
        Acme.Provision(installation, name, plan, metadata: Form());

    private static JsonObject Form() => new() { ["purpose"] = "tests" };

    private async Task<string> PlanOf(Provisioned resource) => (string)(await Shown(resource))["id"]!;

    private async Task<JsonNode> Shown(Provisioned resource) =>
        (await Acme.Get(resource.Path, Acme.System(resource.Installation))).Is(HttpStatusCode.OK)["billingPlan"]!;

    /// <summary>Or waiting for it.</summary>
    private Task<long> OnFree(string installation) => Acme.Ask<long>(
        "select count(*) from resource where installation_id = $1 and status <> 'uninstalled' and 'free' in (billing_plan_id, next_plan_id)", installation);
}
