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
        var (target, id, now) = (caller.Installation, new ClaimId(providerClaimId), clock.GetUtcNow());
        if (id.Source.Case is not SomeCase<InstallationId>(var source))
            return TransferProblem.Unknown();

        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        if (await TransferRows.Load(transaction, source, id, cancel) is not { } transfer)
            return TransferProblem.Unknown();
        if (await InstallationRows.Load(transaction, target, cancel) is not { } installation)
            return InstallationProblem.Unknown(target);

        var candidates = await TransferScene.Look(transaction, source, transfer.Offer.Resources, cancel);
        var holdings = await TransferScene.Holdings(transaction, target, transfer.Offer.Resources, cancel);
        return await TransferTransitions.OpenFor(transfer, target, now)
            .Bind(open => TransferTerms.For(open, installation, candidates, holdings, catalogue))
            .Match(
                Right: terms => terms.NewPlan.Match(
                    Some: plan => Quote(plan),
                    None: () => Task.FromResult<IResult>(PartnerAnswer.Ok(new VerifiedWire(null)))),
                Left: rejection => Task.FromResult<IResult>(TransferProblem.From(rejection)));

        // Who accepts gets no plan that nobody showed, so what is shown is kept.
        async Task<IResult> Quote(BillingPlan plan)
        {
            if (await TransferRows.LoadForUpdate(transaction, source, id, cancel) is not { } current)
                return TransferProblem.Unknown();

            var quoted = TransferTransitions.Apply(current, new TransferCommand.Quote(target, plan.Id), now);
            if (quoted.Case is LeftCase<TransferRejection, Core.Transition<Transfer, TransferEvent>>(var rejection))
                return TransferProblem.From(rejection);

            var writes = new Writes();
            quoted.IfRight(transition =>
            {
                if (transition.Events.IsEmpty)
                    return;
                TransferRows.Save(writes, transition.Next);
                EventRows.Append(writes, source, transition.Events, Actor.Of(caller, "verify transfer"));
            });
            await writes.Commit(transaction, cancel);
            return PartnerAnswer.Ok(new VerifiedWire(BillingPlanWire.Of(plan)));
        }
    }

    /// <param name="NewBillingPlan">Only where the target's plan is not enough.</param>
    internal sealed record VerifiedWire(BillingPlanWire? NewBillingPlan);
}
