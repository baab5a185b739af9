using System.Net;
using System.Text.Json.Nodes;
using Marketplace.Integration.Transfers;

namespace Marketplace.Integration.BillingPlans;

/// <summary>The last room on a plan, which two want at the same moment: one on Acme Tools' <c>free</c>. Source: contract §B.0, 409; §B.2, §B.3.</summary>
[Collection(SharedAcme.Name)]
public sealed class PlanLimitTests(Acme acme)
{
    private const int Rounds = 5;

    [Fact]
    public async Task Of_two_provisions_one_is_done_and_one_is_a_conflict_that_says_why()
    {
        for (var round = 0; round < Rounds; round++)
        {
            var installation = await acme.Install();

            var answers = await Task.WhenAll(new[] { "one", "two" }.Select(name => acme.Post(
                Paths.Resources(installation), acme.Admin(installation), Requests.Provision(name, "free"), Acme.NewKey())));

            await OneIsOnIt(installation, answers);
        }
    }

    [Fact]
    public async Task Of_two_changes_of_plan_one_is_done_and_one_is_a_conflict_that_says_why()
    {
        for (var round = 0; round < Rounds; round++)
        {
            var installation = await acme.Install();
            var (one, two) = (await acme.Provision(installation, "one"), await acme.Provision(installation, "two"));

            var answers = await Task.WhenAll(new[] { one, two }.Select(resource => Choose(resource)));

            await OneIsOnIt(installation, answers);
            // Who was refused has what it had.
            Assert.Equal(1, await acme.Ask<long>(
                "select count(*) from plan_period where installation_id = $1 and billing_plan_id = 'pro' and ended_at is null", installation));
        }
    }

    [Fact]
    public async Task Of_a_provision_and_a_change_of_plan_one_is_done_and_one_is_a_conflict_that_says_why()
    {
        for (var round = 0; round < Rounds; round++)
        {
            var resource = await acme.Provision(await acme.Install(), "one");

            var answers = await Task.WhenAll(
                Choose(resource),
                acme.Post(
                    Paths.Resources(resource.Installation), acme.Admin(resource.Installation), Requests.Provision("two", "free"), Acme.NewKey()));

            await OneIsOnIt(resource.Installation, answers);
        }
    }

    [Fact]
    public async Task The_room_of_what_is_being_deleted_is_free_when_the_deletion_is_answered_and_not_before()
    {
        for (var round = 0; round < Rounds; round++)
        {
            var installation = await acme.Install();
            var (old, waiting) = (await acme.Provision(installation, "old", "free"), await acme.Provision(installation, "waiting"));

            var (deleting, choosing) = (acme.Delete(old.Path, acme.Admin(installation), key: Acme.NewKey()), Choose(waiting));
            (await deleting).IsEmpty();
            var chosen = await choosing;

            if (chosen.Status != HttpStatusCode.OK)
            {
                chosen.IsConflict();
                (await Choose(waiting)).Is(HttpStatusCode.OK);
            }
        }
    }

    /// <summary>Both products sell a plan <c>free</c>, and only that of Acme Tools is limited.</summary>
    [Fact]
    public async Task A_transfer_takes_no_room_from_the_namesake_of_another_product_and_none_on_another_plan()
    {
        var (source, target) = (await acme.Install(), await acme.Install());
        var tool = await acme.Provision(source, "tool", "free");
        await acme.Provision(target, "database", "free", "acme-postgres");
        await acme.Provision(target, "paid");

        (await acme.Verify(target, await acme.Offer(tool))).NeedsNoPlan();
        var database = await acme.Provision(source, "another", "free", "acme-postgres");
        (await acme.Verify(target, await acme.Offer(tool, database))).NeedsNoPlan();

        await acme.Provision(target, "tool", "free");
        Assert.Equal("pro", (string?)(await acme.Verify(target, await acme.Offer(tool))).Is(HttpStatusCode.OK)["newBillingPlan"]!["id"]);
        (await acme.Verify(target, await acme.Offer(database))).NeedsNoPlan();
    }

    private Task<Answer> Choose(Provisioned resource) => acme.Patch(
        resource.Path, acme.Admin(resource.Installation), new JsonObject { ["billingPlanId"] = "free" }, Acme.NewKey());

    private async Task OneIsOnIt(string installation, Answer[] answers)
    {
        Assert.Single(answers, answer => answer.Status == HttpStatusCode.OK);
        var refused = Assert.Single(answers, answer => answer.Status != HttpStatusCode.OK).IsConflict();
        Assert.Contains("the limit of 1", (string?)refused["user"]!["message"], StringComparison.Ordinal);
        Assert.Equal(1, await acme.Ask<long>(
            "select count(*) from resource where installation_id = $1 and billing_plan_id = 'free' and status <> 'uninstalled'", installation));
    }
}
