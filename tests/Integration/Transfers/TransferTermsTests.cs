using System.Net;
using System.Text.Json.Nodes;
using Marketplace.Integration.BillingPlans;

namespace Marketplace.Integration.Transfers;

/// <summary>On which plan the target gets it, and what comes along. Source: contract §B.5.</summary>
[Collection(TransferAcme.Name)]
public sealed class TransferTermsTests(Acme acme)
{
    [Fact]
    public async Task A_meter_that_cannot_be_read_makes_the_transfer_wait()
    {
        var (tool, target) = (await acme.Provision(await acme.Install(), "unreadable"), await acme.Install());
        var (claim, key) = (await acme.Offer(tool), Acme.NewKey());
        acme.Workshop.Plan("Measure", "unreadable", new WorkshopEvent.Fails());

        (await acme.Accept(target, claim, key)).IsUnavailable();
        (await acme.Get(tool.Path, acme.System(tool.Installation))).Is(HttpStatusCode.OK);
        (await acme.Accept(target, claim, key)).IsEmpty();
    }

    [Fact]
    public async Task Who_was_answered_is_answered_the_same_while_a_meter_cannot_be_read()
    {
        var (tool, target) = (await acme.Provision(await acme.Install(), "broken-later", "free"), await acme.Install());
        var (claim, key) = (await acme.Offer(tool), Acme.NewKey());
        await acme.Provision(target, "own", "free");
        var refused = await acme.Accept(target, claim, key);
        refused.IsConflict();
        acme.Workshop.Plan("Measure", "broken-later", new WorkshopEvent.Fails());

        Assert.Equal(refused.Bytes, (await acme.Accept(target, claim, key)).Bytes);
        (await acme.Post($"{TransferCalls.Transfer(target, claim)}/accept", acme.System(target), new JsonObject(), key)).IsRefusal(HttpStatusCode.Conflict, "idempotency_key_reused");
        // Only a new call reads the meter, and finds that it cannot.
        (await acme.Accept(target, claim)).IsUnavailable();
    }

    [Fact]
    public async Task A_target_without_room_is_shown_a_plan_and_gets_no_other()
    {
        var tool = await acme.Provision(await acme.Install(), "small", "free");
        var target = await acme.Install();
        var claim = await acme.Offer(tool);
        (await acme.Verify(target, claim)).NeedsNoPlan();
        var first = await acme.Provision(target, "own", "free");

        // Nobody has shown the target what it would cost now.
        (await acme.Accept(target, claim)).IsConflict();
        var shown = (await acme.Verify(target, claim)).Is(HttpStatusCode.OK)["newBillingPlan"]!;
        Assert.Equal(("pro", "$12.00/month"), (shown["id"]!.GetValue<string>(), shown["cost"]!.GetValue<string>()));
        (await acme.Accept(target, claim)).IsEmpty();

        var read = (await acme.Get(tool.At(target).Path, acme.System(target))).Is(HttpStatusCode.OK);
        Assert.Equal("pro", read["billingPlan"]!["id"]!.GetValue<string>());
        await acme.WorkOff();
        Assert.Equal(("pro", "free"), (acme.Workshop.PlanOf(tool.Id), acme.Workshop.PlanOf(first.Id)));
    }

    [Fact]
    public async Task Room_that_has_come_meanwhile_needs_no_new_plan()
    {
        var tool = await acme.Provision(await acme.Install(), "lucky", "free");
        var target = await acme.Install();
        var first = await acme.Provision(target, "in-the-way", "free");
        var claim = await acme.Offer(tool);
        Assert.NotNull((await acme.Verify(target, claim)).Is(HttpStatusCode.OK)["newBillingPlan"]);
        (await acme.Delete(first.Path, acme.Admin(target))).IsEmpty();

        (await acme.Accept(target, claim)).IsEmpty();

        var read = (await acme.Get(tool.At(target).Path, acme.System(target))).Is(HttpStatusCode.OK);
        Assert.Equal("free", read["billingPlan"]!["id"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("notpaid")]
    [InlineData("overdue")]
    public async Task A_target_that_owes_gets_nothing_that_has_to_be_paid_until_it_has_paid(string state)
    {
        var (tool, target) = (await acme.Provision(await acme.Install(), "wanted"), await acme.Install());
        var claim = await acme.Offer(tool);
        (await acme.Verify(target, claim)).NeedsNoPlan();
        await acme.Owes(target, state);

        var shown = (await acme.Verify(target, claim)).IsConflict()["user"]!["message"]!.GetValue<string>();
        Assert.Contains("could not be charged", shown, StringComparison.Ordinal);
        Assert.Equal(shown, (await acme.Accept(target, claim)).IsConflict()["user"]!["message"]!.GetValue<string>());
        (await acme.Get(tool.Path, acme.System(tool.Installation))).Is(HttpStatusCode.OK);

        await acme.Owes(target, "paid");
        (await acme.Verify(target, claim)).NeedsNoPlan();
        (await acme.Accept(target, claim)).IsEmpty();
    }

    [Fact]
    public async Task A_target_that_owes_gets_what_is_free_or_paid_before_use_and_the_sources_debts_are_its_own()
    {
        var source = await acme.Install();
        var (free, bought, paid) = (
            await acme.Provision(source, "free-of-charge", "free"), await acme.Provision(source, "bought", "prepaid"), await acme.Provision(source));
        var (owing, other) = (await acme.Install(), await acme.Install());
        await acme.Owes(owing);
        await acme.Owes(source);

        (await acme.Accept(owing, await acme.Offer(free, bought))).IsEmpty();
        (await acme.Accept(other, await acme.Offer(paid))).IsEmpty();
        // There was room for one on the free plan, and the next would cost something.
        var refused = (await acme.Verify(owing, await acme.Offer(await acme.Provision(source, "another", "free")))).IsConflict();
        Assert.Contains("The plan pro needs a payment method", refused["message"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_old_secrets_are_encrypted_anew_and_expire_when_they_would_have()
    {
        var (tool, target) = (await acme.Provision(await acme.Install(), "rotated"), await acme.Install());
        var rotated = (await acme.Post(
            Paths.Rotate(tool.Installation, tool.Id), acme.Admin(tool.Installation), new JsonObject { ["delayOldSecretsExpirationHours"] = 2 }))
            .Is(HttpStatusCode.OK);
        var ciphers = await acme.AskAll<byte[]>("select secrets from secret_generation where resource_id = $1", tool.Id);
        (await acme.Accept(target, await acme.Offer(tool))).IsEmpty();

        Assert.Equal(0, await acme.Ask<long>(
            "select count(*) from secret_generation where installation_id = $1 and resource_id = $2", tool.Installation, tool.Id));
        var moved = await acme.AskAll<byte[]>(
            "select secrets from secret_generation where installation_id = $1 and resource_id = $2", target, tool.Id);
        Assert.Equal(2, moved.Count);
        Assert.Empty(moved.Select(Convert.ToHexString).Intersect(ciphers.Select(Convert.ToHexString)));

        acme.Pass(TimeSpan.FromHours(2));
        await acme.WorkOff();
        Assert.False(acme.Workshop.Opens(tool.Secret()));
        Assert.True(acme.Workshop.Opens(Provisioned.Secrets(rotated["secrets"]!)["ACME_KEY"]));
    }

    [Fact]
    public async Task What_Vercel_was_still_to_hear_it_hears_of_the_target()
    {
        var (tool, target) = (await acme.Provision(await acme.Install(), "untold"), await acme.Install());
        var claim = await acme.Offer(tool);
        await acme.Execute(
            "insert into outbox_message (installation_id, resource_id, kind, created_at, due_at) values ($1, $2, 'resource_secrets', $3, $3)",
            tool.Installation, tool.Id, acme.Now.AddHours(1));
        (await acme.Accept(target, claim)).IsEmpty();

        Assert.Equal(
            [$"{target} resource_secrets"],
            await acme.AskAll<string>(
                "select installation_id || ' ' || kind from outbox_message where resource_id = $1 and state = 'pending'", tool.Id));
    }
}
