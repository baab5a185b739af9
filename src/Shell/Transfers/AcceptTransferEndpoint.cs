using LanguageExt;
using Marketplace.Core.Installations;
using Marketplace.Core.Products;
using Marketplace.Core.Transfers;
using Marketplace.Core.Usage;
using Marketplace.Shell.Audit;
using Marketplace.Shell.Authentication;
using Marketplace.Shell.BillingPlans;
using Marketplace.Shell.Http;
using Marketplace.Shell.Idempotency;
using Marketplace.Shell.Installations;
using Marketplace.Shell.Persistence;
using Marketplace.Shell.Provisioning;
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
        Caller caller, string providerClaimId, HttpRequest request, RawBody body, Decisions decisions, NpgsqlDataSource database,
        LastReadings meters, TransferMove move, Catalogue catalogue, Fulfilment fulfilment, TimeProvider clock, CancellationToken cancel)
    {
        var (target, call) = (caller.Installation, KeyedCall.Of(request, body));
        // What is offered never changes, so that it can be looked at before anything is held. The key comes before the meters: who was
        // answered is answered the same, also while they cannot be read.
        var loads = new Loads();
        var (earlier, found) = (decisions.Earlier(loads, target, call), TransferRows.Find(loads, new ClaimId(providerClaimId)));
        await loads.Read(database, cancel);
        if (earlier() is { } answered)
            return answered;
        if (found() is not { } known)
            return await decisions.Decide(target, call, _ => _ => PartnerAnswer.Of(TransferProblem.Unknown()), cancel);

        var offer = known.Offer;
        var taken = await meters.Take(known, target, clock.GetUtcNow(), cancel);
        return await taken.Match(
            Right: readings => decisions.DecideAlone(target, call, held => Look(held, readings), cancel),
            Left: unavailable => Task.FromResult<IResult>(unavailable));

        Func<Writes, PartnerAnswer> Look(Loads loads, Seq<Measurement> readings)
        {
            var scene = TransferScene.Hold(loads, offer, target);
            var planChange = catalogue.InstallationBilling.IsSome ? InstallationPlanChange.Look(loads, target) : null;
            var belongings = new Belongings(loads, offer, target, catalogue, fulfilment, clock.GetUtcNow());
            return writes => Decide(writes, scene, planChange, belongings, readings);
        }

        PartnerAnswer Decide(
            Writes writes, TransferScene scene, InstallationPlanChange? planChange, Belongings belongings, Seq<Measurement> readings)
        {
            // The winner is answered as the first time, whatever has become of it since.
            if (scene.Transfer is Transfer.Accepted accepted)
                return accepted.Target == target ? PartnerAnswer.NoContent : Refused(new TransferRejection.AlreadyAccepted(offer.Id));
            if (scene.Target is not { } taking)
                return PartnerAnswer.Of(InstallationProblem.Unknown(target));

            var now = clock.GetUtcNow();
            return TransferTransitions.OpenFor(scene.Transfer, target, now)
                .Bind(open => TransferTerms.For(open, taking, scene.Candidates, scene.Holdings, catalogue, now))
                .Bind(terms => TransferTransitions
                    .Apply(scene.Transfer, new TransferCommand.Accept(target, terms.Offer.Map(ShownPlan.Of)), now)
                    .Map(transition => (Terms: terms, Transition: transition)))
                .Match(
                    Right: decided =>
                    {
                        var actor = Actor.Of(caller, "accept transfer");
                        TransferRows.Save(writes, decided.Transition.Next);
                        EventRows.Append(writes, offer.Source, decided.Transition.Events, actor);
                        EventRows.Append(writes, target, decided.Transition.Events, actor);
                        move.Write(writes, offer.Id, scene.Source, decided.Terms, planChange, belongings, readings, actor, now);
                        return PartnerAnswer.NoContent;
                    },
                    Left: Refused);
        }
    }

    private static PartnerAnswer Refused(TransferRejection rejection) => PartnerAnswer.Of(TransferProblem.From(rejection));
}
