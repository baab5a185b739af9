using System.Net;
using System.Text.Json.Nodes;

namespace Marketplace.Integration.Transfers;

/// <summary>Offer, verify, accept: who gets what, and who is told no. Source: contract §B.5, §E.11, §J.2.</summary>
[Collection(TransferAcme.Name)]
public sealed class TransferTests(Acme acme)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_claimed_resource_is_the_targets_and_no_longer_the_sources()
    {
        var (tool, target) = (await acme.Provision(await acme.Install()), await acme.Install());
        var claim = await acme.Offer(tool);

        (await acme.Verify(target, claim)).NeedsNoPlan();
        (await acme.Accept(target, claim)).IsEmpty();

        (await acme.Get(tool.Path, acme.System(tool.Installation))).IsUnknown();
        var read = (await acme.Get(tool.At(target).Path, acme.System(target))).Is(HttpStatusCode.OK);
        Assert.Equal(tool.Json.DeepClone().AsObject().Without("secrets").ToJsonString(), read.ToJsonString());
        Assert.True(acme.Workshop.Opens(tool.Secret()));
    }

    [Fact]
    public async Task Everything_that_can_be_done_to_a_resource_is_the_targets_from_then_on()
    {
        var (tool, target) = (await acme.Provision(await acme.Install()), await acme.Install());
        var (source, there) = (tool.Installation, tool.At(target));
        (await acme.Accept(target, await acme.Offer(tool))).IsEmpty();

        (await acme.Patch(tool.Path, acme.Admin(source), new JsonObject { ["name"] = "mine" })).IsUnknown();
        (await acme.Post($"{tool.Path}/secrets/rotate", acme.Admin(source))).IsUnknown();
        (await acme.Get($"{tool.Path}/plans", acme.System(source))).IsUnknown();
        (await acme.Delete(tool.Path, acme.Admin(source))).IsEmpty();
        Assert.True((await acme.Customer.Uninstall(source, Cancel)).IsSuccess);
        await acme.WorkOff();
        Assert.True(acme.Workshop.Opens(tool.Secret()));
        Assert.Equal(0, acme.Workshop.Calls("Deprovision", tool.Id));

        (await acme.Patch(there.Path, acme.Admin(target), new JsonObject { ["name"] = "ours" })).Is(HttpStatusCode.OK);
        var rotated = (await acme.Post($"{there.Path}/secrets/rotate", acme.Admin(target))).Is(HttpStatusCode.OK);
        await acme.WorkOff();
        Assert.False(acme.Workshop.Opens(tool.Secret()));
        Assert.True(acme.Workshop.Opens(Provisioned.Secrets(rotated["secrets"]!)["ACME_KEY"]));

        (await acme.Delete(there.Path, acme.Admin(target))).IsEmpty();
        await acme.WorkOff();
        Assert.False(acme.Workshop.Holds(tool.Id));
    }

    [Fact]
    public async Task The_winners_repeat_is_quiet_and_everybody_else_comes_too_late()
    {
        var tool = await acme.Provision(await acme.Install());
        var (winner, other) = (await acme.Install(), await acme.Install());
        var claim = await acme.Offer(tool);
        foreach (var looker in new[] { winner, other, winner })
            (await acme.Verify(looker, claim)).NeedsNoPlan();

        (await acme.Accept(winner, claim)).IsEmpty();
        (await acme.Accept(winner, claim)).IsEmpty();
        (await acme.Accept(other, claim)).IsConflict();
        (await acme.Verify(winner, claim)).IsConflict();
        (await acme.Verify(other, claim)).IsConflict();

        (await acme.Delete(tool.At(winner).Path, acme.Admin(winner))).IsEmpty();
        (await acme.Accept(winner, claim)).IsEmpty();
        (await acme.Get(tool.At(winner).Path, acme.System(winner))).IsUnknown();
        Assert.Equal(1, await acme.Ask<long>("select count(*) from domain_event where installation_id = $1 and kind = 'resource.Received'", winner));
    }

    [Fact]
    public async Task Of_many_who_accept_at_once_one_wins()
    {
        var tool = await acme.Provision(await acme.Install());
        var claim = await acme.Offer(tool);
        var targets = new List<string>();
        for (var number = 0; number < 6; number++)
            targets.Add(await acme.Install());

        var answers = await Task.WhenAll(targets.Concat(targets).Select(async target => (target, answer: await acme.Accept(target, claim))));

        var winner = Assert.Single(answers.Where(one => one.answer.Status == HttpStatusCode.NoContent).Select(one => one.target).Distinct());
        Assert.All(answers.Where(one => one.target != winner), one => one.answer.IsConflict());
        Assert.Equal([winner], await acme.AskAll<string>(
            "select installation_id from resource where resource_id = $1 and status <> 'uninstalled'", tool.Id));
        Assert.Equal(1, await acme.Ask<long>("select count(*) from plan_period where resource_id = $1 and ended_at is null", tool.Id));
    }

    [Fact]
    public async Task A_claim_ends_at_its_moment_and_one_that_was_won_does_not()
    {
        var (tool, target) = (await acme.Provision(await acme.Install()), await acme.Install());
        var (lost, won) = (await acme.Offer(tool), await acme.Offer(tool));
        acme.Pass(TimeSpan.FromHours(24) - TimeSpan.FromSeconds(1));
        (await acme.Verify(target, lost)).NeedsNoPlan();
        (await acme.Accept(target, won)).IsEmpty();
        acme.Pass(TimeSpan.FromSeconds(2));

        Assert.Contains("expired", (await acme.Verify(target, lost)).IsConflict()["message"]!.GetValue<string>(), StringComparison.Ordinal);
        (await acme.Accept(target, lost)).IsConflict();
        (await acme.Accept(target, won)).IsEmpty();
    }

    [Fact]
    public async Task A_claim_that_expired_long_ago_is_forgotten_and_one_that_was_won_is_not()
    {
        var (source, target) = (await acme.Install(), await acme.Install());
        var (kept, moved) = (await acme.Provision(source, "kept"), await acme.Provision(source, "moved"));
        var (lately, longAgo, won) = (await acme.Offer(kept), await acme.Offer(kept), await acme.Offer(moved));
        (await acme.Accept(target, won)).IsEmpty();
        foreach (var (claim, days) in new[] { (lately, 30), (longAgo, 32), (won, 32) })
        {
            await acme.Execute(
                """
                update transfer set offered_at = offered_at - $2, accepted_at = accepted_at - $2, expires_at = expires_at - $2
                where claim_id = $1
                """,
                claim, TimeSpan.FromDays(days));
        }

        await acme.Offer(kept);

        (await acme.Verify(target, lately)).IsConflict();
        (await acme.Verify(target, longAgo)).IsUnknown();
        (await acme.Accept(target, won)).IsEmpty();
    }

    [Fact]
    public async Task Of_two_claims_on_one_resource_the_second_finds_nothing()
    {
        var tool = await acme.Provision(await acme.Install());
        var (first, second) = (await acme.Offer(tool), await acme.Offer(tool));
        Assert.NotEqual(first, second);

        (await acme.Accept(await acme.Install(), first)).IsEmpty();

        var late = await acme.Install();
        (await acme.Verify(late, second)).IsImpossible();
        (await acme.Accept(late, second)).IsImpossible();
    }

    [Fact]
    public async Task Several_resources_go_together_or_not_at_all()
    {
        var (source, target) = (await acme.Install(), await acme.Install());
        var (one, two) = (await acme.Provision(source, "one"), await acme.Provision(source, "two"));
        var (both, again) = (await acme.Offer(one, two), await acme.Offer(one, two));
        (await acme.Accept(target, both)).IsEmpty();
        foreach (var tool in new[] { one, two })
            (await acme.Get(tool.At(target).Path, acme.System(target))).Is(HttpStatusCode.OK);

        (await acme.Accept(await acme.Install(), again)).IsImpossible();

        var (kept, deleted) = (await acme.Provision(source, "kept"), await acme.Provision(source, "deleted"));
        var half = await acme.Offer(kept, deleted);
        (await acme.Delete(deleted.Path, acme.Admin(source))).IsEmpty();
        (await acme.Accept(target, half)).IsRefusal(HttpStatusCode.UnprocessableEntity, "unprocessable");
        (await acme.Get(kept.Path, acme.System(source))).Is(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_request_names_every_field_that_is_wrong()
    {
        var tool = await acme.Provision(await acme.Install());
        var (path, vercel) = (TransferCalls.Transfers(tool.Installation), acme.System(tool.Installation));

        (await acme.Post(path, vercel, new JsonObject())).NamesFields("resourceIds", "expiresAt");
        (await acme.Post(path, vercel, new JsonObject { ["resourceIds"] = "all", ["expiresAt"] = "tomorrow" })).NamesFields("resourceIds", "expiresAt");
        (await acme.Post(path, vercel, TransferCalls.Body(acme.Now.AddHours(1)))).NamesFields("resourceIds");
        (await acme.Post(path, vercel, TransferCalls.Body(acme.Now, tool.Id))).NamesFields("expiresAt");
        (await acme.Post(path, vercel, new JsonObject { ["resourceIds"] = new JsonArray("res_\0") })).NamesFields("resourceIds", "expiresAt");
        (await acme.Post(path, vercel, new JsonObject { ["resourceIds"] = new JsonArray(1, null), ["expiresAt"] = 1e20 })).NamesFields("resourceIds", "expiresAt");
        (await acme.Post(path, vercel, "{")).IsInvalid();
        Assert.Equal(0, await acme.Ask<long>("select count(*) from transfer where installation_id = $1", tool.Installation));
    }

    [Fact]
    public async Task Only_what_the_source_has_can_be_offered()
    {
        var (mine, theirs) = (await acme.Provision(await acme.Install()), await acme.Provision(await acme.Install()));
        var source = mine.Installation;

        (await acme.TryOffer(source, mine.Id, theirs.Id)).IsImpossible();
        (await acme.TryOffer(source, "res_unknown")).IsImpossible();
        (await acme.Delete(mine.Path, acme.Admin(source))).IsEmpty();
        (await acme.TryOffer(source, mine.Id)).IsImpossible();
        (await acme.TryOffer(Acme.NewInstallationId(), mine.Id)).IsImpossible();
        Assert.True((await acme.Customer.Uninstall(source, Cancel)).IsSuccess);
        (await acme.TryOffer(source, mine.Id)).IsConflict();
    }

    [Fact]
    public async Task What_is_being_changed_waits()
    {
        var (tool, target) = (await acme.Provision(await acme.Install()), await acme.Install());
        var claim = await acme.Offer(tool);
        (await acme.Patch(tool.Path, acme.Admin(tool.Installation), new JsonObject { ["billingPlanId"] = "team" })).Is(HttpStatusCode.OK);

        (await acme.TryOffer(tool.Installation, tool.Id)).IsConflict();
        (await acme.Verify(target, claim)).IsConflict();
        (await acme.Accept(target, claim)).IsConflict();
        await acme.Work("operations");

        (await acme.Verify(target, claim)).NeedsNoPlan();
        (await acme.Accept(target, claim)).IsEmpty();
        Assert.Equal("team", acme.Workshop.PlanOf(tool.Id));
    }

    [Fact]
    public async Task A_claim_that_is_unknown_or_made_up_is_a_404()
    {
        var (tool, target) = (await acme.Provision(await acme.Install()), await acme.Install());
        var claim = await acme.Offer(tool);

        foreach (var unknown in new[] { "nothing", claim + "0", "claim_" + claim, claim.Replace('.', '_'), "claim_%00.x", "claim_AA.x" })
        {
            (await acme.Verify(target, unknown)).IsUnknown();
            (await acme.Accept(target, unknown)).IsUnknown();
        }

        var nobody = Acme.NewInstallationId();
        (await acme.Verify(nobody, claim)).IsUnknown();
        (await acme.Accept(nobody, claim)).IsUnknown();
    }

    [Fact]
    public async Task The_source_cannot_claim_what_it_offers_itself()
    {
        var (tool, target) = (await acme.Provision(await acme.Install()), await acme.Install());
        var claim = await acme.Offer(tool);
        (await acme.Verify(tool.Installation, claim)).IsImpossible();
        (await acme.Accept(tool.Installation, claim)).IsImpossible();
        (await acme.Accept(target, claim)).IsEmpty();
    }

    [Fact]
    public async Task An_installation_on_its_way_out_gets_nothing()
    {
        var (tool, target) = (await acme.Provision(await acme.Install()), await acme.Install());
        var claim = await acme.Offer(tool);
        (await acme.Delete(Paths.Installation(target), acme.Admin(target), new JsonObject())).Is(HttpStatusCode.OK);

        (await acme.Verify(target, claim)).IsImpossible();
        (await acme.Accept(target, claim)).IsImpossible();
        (await acme.Get(tool.Path, acme.System(tool.Installation))).Is(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Only_Vercel_itself_transfers_and_the_token_names_the_installation_of_the_path()
    {
        var (tool, target) = (await acme.Provision(await acme.Install()), await acme.Install());
        var (source, claim) = (tool.Installation, await acme.Offer(tool));
        var body = TransferCalls.Body(acme.Now.AddHours(1), tool.Id);

        (await acme.Post(TransferCalls.Transfers(source), acme.Admin(source), body.DeepClone())).IsForbidden();
        (await acme.Post(TransferCalls.Transfers(source), acme.System(target), body.DeepClone())).IsForbidden();
        var transfer = TransferCalls.Transfer(target, claim);
        (await acme.Get($"{transfer}/verify", acme.Admin(target))).IsForbidden();
        (await acme.Get($"{transfer}/verify", acme.System(source))).IsForbidden();
        (await acme.Post($"{transfer}/accept", acme.Admin(target))).IsForbidden();
        (await acme.Post($"{transfer}/accept", acme.System(source))).IsForbidden();
        (await acme.Get(tool.Path, acme.System(source))).Is(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_verify_by_POST_and_a_body_of_accept_are_tolerated()
    {
        var (tool, target) = (await acme.Provision(await acme.Install()), await acme.Install());
        var transfer = TransferCalls.Transfer(target, await acme.Offer(tool));

        (await acme.Post($"{transfer}/verify", acme.System(target), new JsonObject())).NeedsNoPlan();
        (await acme.Post(
            $"{transfer}/accept", acme.System(target), new JsonObject { ["targetInstallationId"] = target, ["targetTeamId"] = "team_1" })).IsEmpty();
    }

    [Fact]
    public async Task One_key_makes_one_claim_also_when_its_time_is_over()
    {
        var tool = await acme.Provision(await acme.Install());
        var (key, body) = (Acme.NewKey(), TransferCalls.Body(acme.Now.AddMinutes(5), tool.Id));
        var (path, vercel) = (TransferCalls.Transfers(tool.Installation), acme.System(tool.Installation));

        var first = await acme.Post(path, vercel, body.DeepClone(), key);
        first.Is(HttpStatusCode.OK);
        acme.Pass(TimeSpan.FromMinutes(6));
        Assert.Equal(first.Bytes, (await acme.Post(path, acme.System(tool.Installation), body.DeepClone(), key)).Bytes);
        Assert.Equal(1, await acme.Ask<long>("select count(*) from transfer where installation_id = $1", tool.Installation));
    }

    [Fact]
    public async Task Both_sides_have_it_in_their_audit_and_no_secret_is_in_it()
    {
        var (tool, target) = (await acme.Provision(await acme.Install()), await acme.Install());
        (await acme.Accept(target, await acme.Offer(tool))).IsEmpty();

        Assert.Equal(
            ["transfer.Offered", "transfer.Accepted", "resource.HandedOver"], await Kinds(tool.Installation));
        Assert.Equal(["transfer.Accepted", "resource.Received"], await Kinds(target));
        Assert.Equal(0, await acme.Ask<long>(
            "select count(*) from domain_event where installation_id = any ($1) and detail::text like '%' || $2 || '%'",
            new[] { tool.Installation, target }, tool.Secret()));

        Task<IReadOnlyList<string>> Kinds(string installation) => acme.AskAll<string>(
            "select kind from domain_event where installation_id = $1 and actor = 'vercel' and cause like '%transfer%' order by event_id", installation);
    }
}
