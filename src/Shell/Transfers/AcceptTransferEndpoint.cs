using LanguageExt;
using Marketplace.Core;
using Marketplace.Core.Installations;
using Marketplace.Core.Products;
using Marketplace.Core.Transfers;
using Marketplace.Core.Usage;
using Marketplace.Shell.Audit;
using Marketplace.Shell.Authentication;
using Marketplace.Shell.Http;
using Marketplace.Shell.Idempotency;
using Marketplace.Shell.Installations;
using Marketplace.Shell.Persistence;
using Npgsql;

namespace Marketplace.Shell.Transfers;

/// <summary>
/// POST /v1/installations/{installationId}/resource-transfer-requests/{providerClaimId}/accept: the target, which the path names, gets
/// everything in one transaction, or nothing. A body, as older documents have it, says nothing new. Source: contract §B.5, §J.2.
/// </summary>
internal static class AcceptTransferEndpoint
{
    public static readonly RequestDelegate Route = PartnerEndpoint.Mutation(Accepts.System, Handle);

    private static async Task<IResult> Handle(
        Caller caller, string providerClaimId, HttpRequest request, RawBody body, Decisions decisions, LastReadings meters,
        TransferMove move, Catalogue catalogue, TimeProvider clock, CancellationToken cancel)
    {
        var (target, id) = (caller.Installation, new ClaimId(providerClaimId));
        if (id.Source.Case is not SomeCase<InstallationId>(var source))
            return TransferProblem.Unknown();

        var taken = await meters.Take(source, id, target, clock.GetUtcNow(), cancel);
        return await taken.Match(
            Right: readings => decisions.Decide(
                target, KeyedCall.Of(request, body), (transaction, writes) => Decide(transaction, writes, readings), cancel),
            Left: unavailable => Task.FromResult<IResult>(unavailable));

        async Task<PartnerAnswer> Decide(NpgsqlTransaction transaction, Writes writes, Seq<Measurement> readings)
        {
            if (await TransferRows.LoadForUpdate(transaction, source, id, cancel) is not { } transfer)
                return PartnerAnswer.Of(TransferProblem.Unknown());
            // The winner is answered as the first time, whatever has become of it since.
            if (transfer is Transfer.Accepted accepted)
                return accepted.Target == target ? PartnerAnswer.NoContent : Refused(new TransferRejection.AlreadyAccepted(id));

            var (giving, taking) = await TransferScene.Hold(transaction, source, target, cancel);
            if (taking is null)
                return PartnerAnswer.Of(InstallationProblem.Unknown(target));

            var now = clock.GetUtcNow();
            var candidates = await TransferScene.Hold(transaction, source, transfer.Offer.Resources, cancel);
            var holdings = await TransferScene.Holdings(transaction, target, transfer.Offer.Resources, cancel);
            return await TransferTransitions.OpenFor(transfer, target, now)
                .Bind(open => TransferTerms.For(open, taking, candidates, holdings, catalogue))
                .Bind(terms => TransferTransitions
                    .Apply(transfer, new TransferCommand.Accept(target, terms.NewPlan.Map(plan => plan.Id)), now)
                    .Map(transition => (Terms: terms, Transition: transition)))
                .Match(
                    Right: decided => Move(transaction, writes, giving, decided.Terms, decided.Transition, readings, now),
                    Left: rejection => Task.FromResult(Refused(rejection)));
        }

        async Task<PartnerAnswer> Move(
            NpgsqlTransaction transaction, Writes writes, Installation giving, TransferTerms terms,
            Transition<Transfer, TransferEvent> transition, Seq<Measurement> readings, DateTimeOffset now)
        {
            var actor = Actor.Of(caller, "accept transfer");
            TransferRows.Save(writes, transition.Next);
            EventRows.Append(writes, source, transition.Events, actor);
            EventRows.Append(writes, target, transition.Events, actor);
            await move.Write(transaction, writes, id, giving, terms, readings, actor, now, cancel);
            return PartnerAnswer.NoContent;
        }
    }

    private static PartnerAnswer Refused(TransferRejection rejection) => PartnerAnswer.Of(TransferProblem.From(rejection));
}
