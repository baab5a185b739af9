using System.Diagnostics;
using LanguageExt;
using Marketplace.Core.Installations;
using static LanguageExt.Prelude;

namespace Marketplace.Core.Transfers;

/// <summary>The life of a transfer: many may look, one gets it. Source: contract §B.5.</summary>
public static class TransferTransitions
{
    public static Transition<Transfer, TransferEvent> Offer(TransferOffer offer) =>
        new(new Transfer.Offered(offer, HashMap<InstallationId, ShownPlan>()),
            Seq1<TransferEvent>(new TransferEvent.Offered(offer.Id, offer.Resources, offer.ExpiresAt, offer.OfferedAt)));

    /// <summary>Whether a target can still get it, as far as the transfer itself is concerned.</summary>
    public static Either<TransferRejection, Transfer.Offered> OpenFor(Transfer current, InstallationId target, DateTimeOffset now) =>
        current switch
        {
            Transfer.Accepted taken => new TransferRejection.AlreadyAccepted(taken.Offer.Id),
            Transfer.Offered { Offer: var offer } when offer.Source == target => new TransferRejection.AlreadyThere(target),
            Transfer.Offered { Offer: var offer } when now >= offer.ExpiresAt =>
                new TransferRejection.Expired(offer.Id, offer.ExpiresAt),
            Transfer.Offered open => open,
            _ => throw new UnreachableException(current.GetType().Name),
        };

    /// <summary>Answers one command on a transfer. Repeating a command changes nothing and emits nothing.</summary>
    public static Either<TransferRejection, Transition<Transfer, TransferEvent>> Apply(
        Transfer current, TransferCommand command, DateTimeOffset now) =>
        command switch
        {
            TransferCommand.Quote quote => Quote(current, quote.Target, quote.Plan, now),
            TransferCommand.Accept accept => Accept(current, accept.Target, accept.NewPlan, now),
            _ => throw new UnreachableException(command.GetType().Name),
        };

    private static Either<TransferRejection, Transition<Transfer, TransferEvent>> Quote(
        Transfer current, InstallationId target, ShownPlan plan, DateTimeOffset now) =>
        current switch
        {
            Transfer.Offered same when same.Quotes.Find(target) == Some(plan) => Unchanged(same),
            Transfer.Offered => OpenFor(current, target, now).Map(open => Moved(
                open with { Quotes = open.Quotes.AddOrUpdate(target, plan) },
                new TransferEvent.Quoted(open.Offer.Id, target, plan, now))),
            Transfer.Accepted taken => new TransferRejection.AlreadyAccepted(taken.Offer.Id),
            _ => throw new UnreachableException(current.GetType().Name),
        };

    /// <summary>The winner may say so again at any time: its first answer may have been lost.</summary>
    private static Either<TransferRejection, Transition<Transfer, TransferEvent>> Accept(
        Transfer current, InstallationId target, Option<ShownPlan> newPlan, DateTimeOffset now) =>
        current switch
        {
            Transfer.Accepted same when same.Target == target => Unchanged(same),
            Transfer.Accepted taken => new TransferRejection.AlreadyAccepted(taken.Offer.Id),
            Transfer.Offered => OpenFor(current, target, now).Bind(open => Accepted(open, target, newPlan, now)),
            _ => throw new UnreachableException(current.GetType().Name),
        };

    private static Either<TransferRejection, Transition<Transfer, TransferEvent>> Accepted(
        Transfer.Offered open, InstallationId target, Option<ShownPlan> newPlan, DateTimeOffset now) =>
        newPlan.Filter(plan => open.Quotes.Find(target) != Some(plan)).Match<Either<TransferRejection, Transition<Transfer, TransferEvent>>>(
            Some: plan => new TransferRejection.PlanNotShown(plan),
            None: () => Moved(
                new Transfer.Accepted(open.Offer, target, now),
                new TransferEvent.Accepted(open.Offer.Id, open.Offer.Source, target, open.Offer.Resources, now)));

    private static Transition<Transfer, TransferEvent> Moved(Transfer next, TransferEvent happened) => new(next, Seq1(happened));

    private static Transition<Transfer, TransferEvent> Unchanged(Transfer same) => new(same, Empty);
}
