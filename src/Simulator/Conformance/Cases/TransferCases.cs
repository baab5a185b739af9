using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Marketplace.Simulator.Dashboard;

namespace Marketplace.Simulator.Conformance.Cases;

/// <summary>Offering, looking at and accepting: who gets what, and who does not. Source: contract §B.5, §E.11.</summary>
internal static class TransferCases
{
    private static readonly Source Create = Source.Partner("Create Resources Transfer Request");
    private static readonly Source Verify = Source.Partner("Validate Resources Transfer Request");
    private static readonly Source Accept = Source.Partner("Accept Resources Transfer Request");

    public static readonly ImmutableArray<ConformanceCase> All =
    [
        New("offer", "Resources can be offered, and stay with their team until somebody accepts.", Create, Level.Required, OfferChangesNothing),
        New("offer-nothing", "An offer of nothing is refused.", Create, Level.Recommended, OfferNothing),
        New("offer-unknown", "A resource that nobody made cannot be offered.", Create, Level.Required, OfferUnknown),
        New("offer-deleted", "A resource that was deleted cannot be offered.", Create, Level.Required, OfferDeleted),
        New("offer-of-another-installation", "A resource of another installation cannot be offered.", Create, Level.Required, OfferOfStranger),
        New("offer-is-whole", "An offer with somebody else's resource among its own is refused as a whole, and moves nothing.", Create, Level.Required, OfferIsWhole),
        New("offer-for-the-past", "An offer that is over before it begins lets nobody accept.", Create, Level.Required, OfferForThePast),
        New("verify-by-several", "Several teams may look at an offer.", Verify, Level.Required, VerifyBySeveral),
        New("verify-again", "A team may look at an offer more than once, and nothing moves by it.", Verify, Level.Required, VerifyAgain),
        New("verify-unknown", "An offer that nobody made cannot be looked at.", Verify, Level.Required, VerifyUnknown),
        New("verify-after-accept", "An offer that was accepted cannot be looked at by others any more.", Verify, Level.Required, VerifyAfterAccept),
        New("verify-after-accept-conflict", "Looking at an offer that somebody has accepted is a conflict.", Verify, Level.Recommended, VerifyAfterAcceptIsConflict),
        New("accept", "The team that accepts has the resource, and the one that offered has it no more.", Accept, Level.Required, AcceptMoves),
        New("accept-again-by-winner", "The team that has accepted may say so again, under a new key.", Accept, Level.Recommended, AcceptAgain),
        New("accept-is-final", "What one team has accepted no other team can accept.", Accept, Level.Required, AcceptIsFinal),
        New("accept-after-accept-conflict", "Accepting what another team has accepted is a conflict.", Accept, Level.Recommended, AcceptAfterAcceptIsConflict),
        New("accept-unknown", "An offer that nobody made cannot be accepted.", Accept, Level.Required, AcceptUnknown),
        New("accept-by-source", "Whoever offered does not lose his resource by accepting his own offer.", Accept, Level.Required, AcceptBySource),
        New("accept-by-source-refused", "Whoever offered cannot accept his own offer.", Accept, Level.Recommended, AcceptBySourceIsRefused),
        New("accept-two-at-once", "Of two teams that accept at the same moment exactly one gets the resource.", Accept, Level.Required, TwoAtOnce),
        New("accept-four-at-once", "Of four teams that accept at the same moment exactly one gets the resource.", Accept, Level.Required, FourAtOnce),
        New("accept-second-offer", "Of two offers of one resource only one can be accepted.", Accept, Level.Required, SecondOffer),
        New("accept-deleted", "A resource that was deleted since it was offered comes to nobody.", Accept, Level.Required, AcceptDeleted),
        New("accept-after-uninstall", "What a team had offered before it uninstalled comes to nobody.", Accept, Level.Required, AcceptAfterUninstall),
        New("accept-expired", "An offer that is over cannot be accepted, and the resource stays.", Accept, Level.Required, AcceptExpired),
        New("accept-several", "Several resources of one offer go together.", Accept, Level.Required, AcceptSeveral),
        New("accept-with-body", "An acceptance that names its team in a body, as a guide has it, is taken.", Source.Flow("Resource transfers"), Level.Informational, AcceptWithBody),
    ];

    private static ConformanceCase New(string name, string rule, Source source, Level level, Func<Trial, Task> play) =>
        new($"transfers/{name}", rule, source, level, play) { Of = PartnerOperation.CreateTransfer };

    private static async Task OfferChangesNothing(Trial trial)
    {
        var handover = await Handover.Offer(trial);
        await handover.ExpectStillAtSource();
    }

    private static async Task OfferNothing(Trial trial) => ExpectNoOffer(
        trial, await Handover.Offer(trial, (await trial.SharedTenant()).InstallationId, Tomorrow(trial)));

    private static async Task OfferUnknown(Trial trial) => ExpectNoOffer(
        trial, await Handover.Offer(trial, (await trial.SharedTenant()).InstallationId, Tomorrow(trial), "no-such-resource"));

    private static async Task OfferDeleted(Trial trial)
    {
        var tenant = await trial.NewTenant();
        trial.ExpectSuccess(await trial.Customer.DeleteResource(tenant.InstallationId, tenant.ResourceId, trial.Cancel));
        ExpectNoOffer(trial, await Handover.Offer(trial, tenant.InstallationId, Tomorrow(trial), tenant.ResourceId));
    }

    private static async Task OfferOfStranger(Trial trial)
    {
        var (thief, victim) = (await trial.NewInstallation(), await trial.NewTenant());
        ExpectNoOffer(trial, await Handover.Offer(trial, thief, Tomorrow(trial), victim.ResourceId));
    }

    private static async Task OfferIsWhole(Trial trial)
    {
        var (thief, victim) = (await trial.NewTenant(), await trial.NewTenant());
        ExpectNoOffer(trial, await Handover.Offer(trial, thief.InstallationId, Tomorrow(trial), thief.ResourceId, victim.ResourceId));
        await trial.Read(thief);
        await trial.Read(victim);
    }

    private static async Task OfferForThePast(Trial trial)
    {
        var tenant = await trial.NewTenant();
        var offered = await Handover.Offer(trial, tenant.InstallationId, trial.Now.AddHours(-1), tenant.ResourceId);
        if (!offered.IsSuccess)
        {
            trial.ExpectTurnedDown(offered);
            return;
        }

        await ExpectOver(trial, tenant, offered);
    }

    private static async Task VerifyBySeveral(Trial trial)
    {
        var handover = await Handover.Offer(trial);
        trial.ExpectSuccess(await handover.Verify(await trial.NewInstallation()));
        trial.ExpectSuccess(await handover.Verify(await trial.NewInstallation()));
    }

    private static async Task VerifyAgain(Trial trial)
    {
        var handover = await Handover.Offer(trial);
        var targetId = await trial.NewInstallation();
        trial.ExpectSuccess(await handover.Verify(targetId));
        trial.ExpectSuccess(await handover.Verify(targetId));
        await handover.ExpectNotAt(targetId);
        await handover.ExpectStillAtSource();
    }

    private static async Task VerifyUnknown(Trial trial)
    {
        var tenant = await trial.SharedTenant();
        trial.ExpectTurnedDown(await trial.Customer.VerifyTransfer(tenant.InstallationId, "no-such-claim", trial.Cancel));
    }

    private static async Task VerifyAfterAccept(Trial trial)
    {
        var handover = await Handover.Offer(trial);
        await handover.AcceptBy(await trial.NewInstallation());
        handover.ExpectRefused(await handover.Verify(await trial.NewInstallation()));
    }

    private static async Task VerifyAfterAcceptIsConflict(Trial trial)
    {
        var handover = await Handover.Offer(trial);
        await handover.AcceptBy(await trial.NewInstallation());
        trial.ExpectConflict(await handover.Verify(await trial.NewInstallation()));
    }

    private static async Task AcceptMoves(Trial trial)
    {
        var (source, target) = await Handover.Complete(trial);
        await trial.Read(target);
        await trial.ExpectGone(source.InstallationId, source.ResourceId);
    }

    private static async Task AcceptAgain(Trial trial)
    {
        var handover = await Handover.Offer(trial);
        var target = await handover.AcceptBy(await trial.NewInstallation());
        trial.ExpectSuccess(await trial.Send(PartnerCalls.AcceptTransfer(target.InstallationId, handover.ClaimId, trial.SystemToken(target.InstallationId))));
        await trial.Read(target);
    }

    private static async Task AcceptIsFinal(Trial trial)
    {
        var handover = await Handover.Offer(trial);
        var winner = await handover.AcceptBy(await trial.NewInstallation());
        var loserId = await trial.NewInstallation();
        handover.ExpectRefused(await handover.TryAccept(loserId));
        await trial.Read(winner);
        await handover.ExpectNotAt(loserId);
    }

    private static async Task AcceptAfterAcceptIsConflict(Trial trial)
    {
        var handover = await Handover.Offer(trial);
        await handover.AcceptBy(await trial.NewInstallation());
        trial.ExpectConflict(await handover.TryAccept(await trial.NewInstallation()));
    }

    private static async Task AcceptUnknown(Trial trial)
    {
        var tenant = await trial.SharedTenant();
        trial.ExpectTurnedDown(
            await trial.Send(PartnerCalls.AcceptTransfer(tenant.InstallationId, "no-such-claim", trial.SystemToken(tenant.InstallationId))));
    }

    private static async Task AcceptBySource(Trial trial)
    {
        var handover = await Handover.Offer(trial);
        var sourceId = handover.Source.InstallationId;
        var accepted = await trial.Send(PartnerCalls.AcceptTransfer(sourceId, handover.ClaimId, trial.SystemToken(sourceId)));
        if (!accepted.IsSuccess)
        {
            handover.ExpectRefused(accepted);
        }

        await handover.ExpectStillAtSource();
    }

    private static async Task AcceptBySourceIsRefused(Trial trial)
    {
        var handover = await Handover.Offer(trial);
        handover.ExpectRefused(await Accepted(trial, handover, handover.Source.InstallationId));
    }

    private static Task TwoAtOnce(Trial trial) => ExpectOneWinner(trial, 2);

    private static Task FourAtOnce(Trial trial) => ExpectOneWinner(trial, 4);

    private static async Task ExpectOneWinner(Trial trial, int count)
    {
        var handover = await Handover.Offer(trial);
        var targets = new List<string>();
        while (targets.Count < count)
        {
            targets.Add(await trial.NewInstallation());
            trial.ExpectSuccess(await handover.Verify(targets[^1]));
        }

        var answers = await Task.WhenAll(targets.Select(async targetId => (TargetId: targetId, Exchange: await handover.TryAccept(targetId))));
        trial.Expect(answers.Count(answer => answer.Exchange.IsSuccess) == 1, "one team gets it", $"{answers.Count(answer => answer.Exchange.IsSuccess)} do");
        foreach (var (targetId, exchange) in answers)
        {
            if (exchange.IsSuccess)
            {
                await trial.Read(handover.Source with { InstallationId = targetId });
            }
            else
            {
                handover.ExpectRefused(exchange);
                await handover.ExpectNotAt(targetId);
            }
        }

        await handover.ExpectNotAt(handover.Source.InstallationId);
    }

    private static async Task SecondOffer(Trial trial)
    {
        var first = await Handover.Offer(trial);
        var again = await Handover.Offer(trial, first.Source.InstallationId, Tomorrow(trial), first.Source.ResourceId);
        if (!again.IsSuccess)
        {
            ExpectNoOffer(trial, again);
            return;
        }

        // The older one may have ended with the newer, so that it is the newer that has to work.
        var second = first with { ClaimId = again.Json!.Value.GetProperty("providerClaimId").GetString()! };
        var (winnerId, loserId) = (await trial.NewInstallation(), await trial.NewInstallation());
        var winner = await second.AcceptBy(winnerId);
        if (first.ClaimId != second.ClaimId)
        {
            first.ExpectRefused(await first.TryAccept(loserId));
        }

        await trial.Read(winner);
        await first.ExpectNotAt(loserId);
    }

    private static async Task AcceptDeleted(Trial trial)
    {
        var handover = await Handover.Offer(trial);
        var targetId = await trial.NewInstallation();
        trial.ExpectSuccess(await handover.Verify(targetId));
        trial.ExpectSuccess(await trial.Customer.DeleteResource(handover.Source.InstallationId, handover.Source.ResourceId, trial.Cancel));
        handover.ExpectRefused(await Accepted(trial, handover, targetId));
        await handover.ExpectNotAt(targetId);
    }

    private static async Task AcceptAfterUninstall(Trial trial)
    {
        var handover = await Handover.Offer(trial);
        var targetId = await trial.NewInstallation();
        trial.ExpectSuccess(await handover.Verify(targetId));
        trial.ExpectSuccess(await trial.Customer.Uninstall(handover.Source.InstallationId, trial.Cancel));
        handover.ExpectRefused(await Accepted(trial, handover, targetId));
        await handover.ExpectNotAt(targetId);
    }

    /// <summary>Virtual hours where they can pass, else a real second.</summary>
    private static async Task AcceptExpired(Trial trial)
    {
        var tenant = await trial.NewTenant();
        var isVirtual = trial.Offer.Has.HasFlag(Need.VirtualTime);
        var life = isVirtual ? TimeSpan.FromHours(1) : TimeSpan.FromSeconds(1);
        var offered = await Handover.Offer(trial, tenant.InstallationId, trial.Now + life, tenant.ResourceId);
        if (!offered.IsSuccess)
        {
            trial.ExpectTurnedDown(offered);
            throw trial.NotObserved($"An offer for {life} is refused.");
        }

        if (isVirtual)
        {
            await trial.Advance(TimeSpan.FromHours(2));
        }
        else
        {
            await Task.Delay(TimeSpan.FromSeconds(2), trial.Cancel);
        }

        await ExpectOver(trial, tenant, offered);
    }

    private static async Task AcceptSeveral(Trial trial)
    {
        var (first, second) = await trial.NewPair();
        var targetId = await trial.NewInstallation();
        var exchanges = await trial.Customer.Transfer(first.InstallationId, targetId, [first.ResourceId, second.ResourceId], trial.Cancel);
        foreach (var exchange in exchanges)
        {
            trial.ExpectSuccess(exchange);
        }

        foreach (var moved in new[] { first, second })
        {
            await trial.Read(moved with { InstallationId = targetId });
            await trial.ExpectGone(first.InstallationId, moved.ResourceId);
        }
    }

    private static async Task AcceptWithBody(Trial trial)
    {
        var handover = await Handover.Offer(trial);
        var targetId = await trial.NewInstallation();
        trial.ExpectSuccess(await handover.Verify(targetId));
        var body = new JsonObject { ["targetInstallationId"] = targetId, ["targetTeamId"] = Team.PublicId(trial.TeamOf(targetId).AccountId) };
        trial.ExpectSuccess(await trial.Send(PartnerCalls.AcceptTransfer(targetId, handover.ClaimId, trial.SystemToken(targetId)) with { Body = body }));
        await trial.Read(handover.Source with { InstallationId = targetId });
    }

    private static async Task ExpectOver(Trial trial, Tenant tenant, Exchange offered)
    {
        trial.ExpectSuccess(offered);
        var handover = new Handover(trial, tenant, offered.Json!.Value.GetProperty("providerClaimId").GetString()!);
        var targetId = await trial.NewInstallation();
        handover.ExpectRefused(await handover.Verify(targetId));
        handover.ExpectRefused(await Accepted(trial, handover, targetId));
        await handover.ExpectStillAtSource();
        await handover.ExpectNotAt(targetId);
    }

    /// <summary>Only said: what Vercel knows is gone already.</summary>
    private static Task<Exchange> Accepted(Trial trial, Handover handover, string targetId) =>
        trial.Send(PartnerCalls.AcceptTransfer(targetId, handover.ClaimId, trial.SystemToken(targetId)));

    private static void ExpectNoOffer(Trial trial, Exchange exchange) => trial.ExpectTurnedDown(exchange);

    private static DateTimeOffset Tomorrow(Trial trial) => trial.Now.AddHours(24);
}
