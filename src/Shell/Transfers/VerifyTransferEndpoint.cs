using LanguageExt;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Installations;
using Marketplace.Core.Products;
using Marketplace.Core.Transfers;
using Marketplace.Shell.Audit;
using Marketplace.Shell.Authentication;
using Marketplace.Shell.BillingPlans;
using Marketplace.Shell.Http;
using Marketplace.Shell.Idempotency;
using Marketplace.Shell.Installations;
using Marketplace.Shell.Persistence;
using Npgsql;

namespace Marketplace.Shell.Transfers;

/// <summary>
/// GET, and as older documents have it POST, /v1/installations/{installationId}/resource-transfer-requests/{providerClaimId}/verify:
/// whether the target, which the path names, could get it, and which new plan it would need. Source: contract §B.5, §J.2.
/// </summary>
internal static class VerifyTransferEndpoint
{
    public static readonly RequestDelegate Route = PartnerEndpoint.Mutation(Accepts.System, Handle);

    private static async Task<IResult> Handle(
        Caller caller, string providerClaimId, NpgsqlDataSource database, Catalogue catalogue, TimeProvider clock,
        CancellationToken cancel)
    {
        var (target, now) = (caller.Installation, clock.GetUtcNow());
        if (await TransferRows.Find(database, new ClaimId(providerClaimId), cancel) is not { Offer: var offer })
            return TransferProblem.Unknown();

        var loads = new Loads();
        var scene = TransferScene.Look(loads, offer, target);
        await loads.Read(database, cancel);
        if (scene.Target is not { } taking)
            return InstallationProblem.Unknown(target);

        return await TransferTransitions.OpenFor(scene.Transfer, target, now)
            .Bind(open => TransferTerms.For(open, taking, scene.Candidates, scene.Holdings, catalogue, now))
            .Match(
                Right: terms => terms.Offer.Match(
                    Some: shown => Quote(shown),
                    None: () => Task.FromResult<IResult>(PartnerAnswer.Ok(new VerifiedWire(null)))),
                Left: rejection => Task.FromResult<IResult>(TransferProblem.From(rejection)));

        // Who accepts gets no plan that nobody showed, so what is shown is kept.
        async Task<IResult> Quote(PlanOffer shown)
        {
            var lookAgain = new Loads();
            var transfer = TransferRows.LoadForUpdate(lookAgain, offer.Source, offer.Id);
            await using var connection = await database.OpenConnectionAsync(cancel);
            await lookAgain.Begin(connection, cancel);
            if (transfer.Value is not { } current)
                return TransferProblem.Unknown();

            var quoted = TransferTransitions.Apply(current, new TransferCommand.Quote(target, ShownPlan.Of(shown)), now);
            if (quoted.Case is LeftCase<TransferRejection, Core.Transition<Transfer, TransferEvent>>(var rejection))
                return TransferProblem.From(rejection);

            var writes = new Writes();
            quoted.IfRight(transition =>
            {
                if (transition.Events.IsEmpty)
                    return;
                TransferRows.Save(writes, transition.Next);
                EventRows.Append(writes, offer.Source, transition.Events, Actor.Of(caller, "verify transfer"));
            });
            await writes.Commit(connection, cancel);
            return PartnerAnswer.Ok(new VerifiedWire(BillingPlanWire.Of(shown)));
        }
    }

    /// <param name="NewBillingPlan">Only where the target's plan is not enough.</param>
    internal sealed record VerifiedWire(BillingPlanWire? NewBillingPlan);
}
