using System.Diagnostics;
using LanguageExt;
using Marketplace.Core.Invoices;
using static LanguageExt.Prelude;

namespace Marketplace.Core.Refunds;

/// <summary>The life of a refund after its request. Source: contract §D.8.</summary>
public static class RefundTransitions
{
    /// <summary>Answers one command on a refund. Repeating a command changes nothing and emits nothing.</summary>
    public static Either<RefundRejection, Transition<Refund, RefundEvent>> Apply(Refund current, RefundCommand command, DateTimeOffset now) =>
        command switch
        {
            RefundCommand.Send send => Send(current, send.LastSentAt, now),
            RefundCommand.Accept => Accept(current, now),
            RefundCommand.Fail fail => Fail(current, fail.Reason, now),
            RefundCommand.GiveUp giveUp => GiveUp(current, giveUp.Reason, now),
            RefundCommand.Observe observe => Observe(current, observe.Observation, now),
            _ => throw new UnreachableException(command.GetType().Name),
        };

    private static Either<RefundRejection, Transition<Refund, RefundEvent>> Send(
        Refund current, Option<DateTimeOffset> lastSentAt, DateTimeOffset now) =>
        current switch
        {
            Refund.Requested => Sent(current, now),
            Refund.Sent r when r.SendableAt <= now && lastSentAt == r.SentAt => Sent(current, now),
            Refund.Sent or Refund.Accepted or Refund.Refunded => Unchanged(current),
            Refund.Failed or Refund.Unknown => new RefundRejection.Over(current.Terms.Id),
            _ => throw new UnreachableException(current.GetType().Name),
        };

    private static Either<RefundRejection, Transition<Refund, RefundEvent>> Accept(Refund current, DateTimeOffset now) =>
        current switch
        {
            Refund.Requested r => new RefundRejection.NeverSent(r.Terms.Id),
            Refund.Sent or Refund.Unknown => Accepted(current, now),
            Refund.Accepted or Refund.Refunded => Unchanged(current),
            Refund.Failed r => new RefundRejection.Over(r.Terms.Id),
            _ => throw new UnreachableException(current.GetType().Name),
        };

    /// <summary>What was never sent can fail as well: the installation is final before its turn came.</summary>
    private static Either<RefundRejection, Transition<Refund, RefundEvent>> Fail(Refund current, string reason, DateTimeOffset now) =>
        current switch
        {
            Refund.Requested or Refund.Sent or Refund.Unknown => Failed(current, reason, now),
            Refund.Failed same => Unchanged(same),
            Refund.Accepted or Refund.Refunded => new RefundRejection.Over(current.Terms.Id),
            _ => throw new UnreachableException(current.GetType().Name),
        };

    /// <summary>What Vercel never heard of cannot come about any more; of what it may have heard of, its webhook may still tell.</summary>
    private static Either<RefundRejection, Transition<Refund, RefundEvent>> GiveUp(Refund current, string reason, DateTimeOffset now) =>
        current switch
        {
            Refund.Requested => Failed(current, reason, now),
            Refund.Sent r => Moved(new Refund.Unknown(r.Terms, now), new RefundEvent.LeftUnknown(r.Terms.Id, now)),
            Refund.Accepted or Refund.Refunded or Refund.Failed or Refund.Unknown => Unchanged(current),
            _ => throw new UnreachableException(current.GetType().Name),
        };

    /// <summary>
    /// What is asked for and was never sent is somebody else's, and so is what failed here: neither is moved by it. Of what may have
    /// arrived it says that it has.
    /// </summary>
    private static Either<RefundRejection, Transition<Refund, RefundEvent>> Observe(
        Refund current, InvoiceObservation told, DateTimeOffset now) =>
        (current, told) switch
        {
            (Refund.Sent or Refund.Unknown, InvoiceObservation.RefundRequested) => Accepted(current, now),
            (Refund.Sent or Refund.Unknown or Refund.Accepted, InvoiceObservation.Refunded refunded) when current.Terms.IsMeantBy(refunded) =>
                Moved(new Refund.Refunded(current.Terms, refunded.At), new RefundEvent.Completed(current.Terms.Id, refunded.At, now)),
            (Refund.Requested or Refund.Sent or Refund.Unknown or Refund.Accepted or Refund.Refunded or Refund.Failed, _) => Unchanged(current),
            _ => throw new UnreachableException(current.GetType().Name),
        };

    private static Transition<Refund, RefundEvent> Sent(Refund current, DateTimeOffset now) =>
        Moved(new Refund.Sent(current.Terms, now), new RefundEvent.Sent(current.Terms.Id, now));

    private static Transition<Refund, RefundEvent> Accepted(Refund current, DateTimeOffset now) =>
        Moved(new Refund.Accepted(current.Terms, now), new RefundEvent.Accepted(current.Terms.Id, now));

    private static Transition<Refund, RefundEvent> Failed(Refund current, string reason, DateTimeOffset now) =>
        Moved(new Refund.Failed(current.Terms, reason, now), new RefundEvent.Failed(current.Terms.Id, reason, now));

    private static Transition<Refund, RefundEvent> Moved(Refund next, RefundEvent happened) => new(next, Seq1(happened));

    private static Transition<Refund, RefundEvent> Unchanged(Refund same) => new(same, Empty);
}
