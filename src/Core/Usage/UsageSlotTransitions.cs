using System.Diagnostics;
using LanguageExt;
using static LanguageExt.Prelude;

namespace Marketplace.Core.Usage;

/// <summary>The life of one entry of the slot ledger. Source: contract §D.7, §D.8 limit 4.</summary>
public static class UsageSlotTransitions
{
    /// <summary>Answers one command on an entry. Repeating a command changes nothing and emits nothing.</summary>
    public static Either<UsageSlotRejection, Transition<UsageSlot, UsageSlotEvent>> Apply(
        UsageSlot current, UsageSlotCommand command, DateTimeOffset now) =>
        command switch
        {
            UsageSlotCommand.Send => Send(current, now),
            UsageSlotCommand.Confirm => Confirm(current, now),
            UsageSlotCommand.Refuse refuse => Refuse(current, refuse.Reason, now),
            UsageSlotCommand.GiveUp giveUp => GiveUp(current, giveUp.Reason, now),
            UsageSlotCommand.Supersede supersede => Supersede(current, supersede.By, now),
            _ => throw new UnreachableException(command.GetType().Name),
        };

    private static Either<UsageSlotRejection, Transition<UsageSlot, UsageSlotEvent>> Send(
        UsageSlot current, DateTimeOffset now) =>
        current switch
        {
            UsageSlot.Sent same => Unchanged(same),
            UsageSlot.Confirmed same => Unchanged(same),
            UsageSlot.Superseded s => new UsageSlotRejection.AlreadySuperseded(s.Slot, s.By),
            UsageSlot.Due or UsageSlot.Refused or UsageSlot.Dead =>
                now > current.SendableUntil
                    ? new UsageSlotRejection.TooLate(current.Slot, current.SendableUntil)
                    : Moved(new UsageSlot.Sent(current.Installation, current.Slot, current.Period, now),
                            new UsageSlotEvent.Sent(current.Installation, current.Slot, now)),
            _ => throw new UnreachableException(current.GetType().Name),
        };

    /// <summary>Vercel's yes wins over everything that we concluded without it.</summary>
    private static Either<UsageSlotRejection, Transition<UsageSlot, UsageSlotEvent>> Confirm(
        UsageSlot current, DateTimeOffset now) =>
        current switch
        {
            UsageSlot.Due due => new UsageSlotRejection.NeverSent(due.Slot),
            UsageSlot.Confirmed same => Unchanged(same),
            UsageSlot.Sent or UsageSlot.Refused or UsageSlot.Dead or UsageSlot.Superseded =>
                Moved(new UsageSlot.Confirmed(current.Installation, current.Slot, current.Period, now),
                      new UsageSlotEvent.Confirmed(current.Installation, current.Slot, now)),
            _ => throw new UnreachableException(current.GetType().Name),
        };

    private static Either<UsageSlotRejection, Transition<UsageSlot, UsageSlotEvent>> Refuse(
        UsageSlot current, string reason, DateTimeOffset now) =>
        current switch
        {
            UsageSlot.Due due => new UsageSlotRejection.NeverSent(due.Slot),
            UsageSlot.Confirmed c => new UsageSlotRejection.AlreadyConfirmed(c.Slot),
            UsageSlot.Superseded same => Unchanged(same),
            UsageSlot.Refused same when same.Reason == reason => Unchanged(same),
            UsageSlot.Sent or UsageSlot.Refused or UsageSlot.Dead =>
                Moved(new UsageSlot.Refused(current.Installation, current.Slot, current.Period, reason, now),
                      new UsageSlotEvent.Refused(current.Installation, current.Slot, reason, now)),
            _ => throw new UnreachableException(current.GetType().Name),
        };

    private static Either<UsageSlotRejection, Transition<UsageSlot, UsageSlotEvent>> GiveUp(
        UsageSlot current, string reason, DateTimeOffset now) =>
        current switch
        {
            UsageSlot.Confirmed c => new UsageSlotRejection.AlreadyConfirmed(c.Slot),
            UsageSlot.Superseded same => Unchanged(same),
            UsageSlot.Dead same => Unchanged(same),
            UsageSlot.Refused same => Unchanged(same),
            UsageSlot.Due or UsageSlot.Sent =>
                Moved(new UsageSlot.Dead(current.Installation, current.Slot, current.Period, reason, now),
                      new UsageSlotEvent.Died(current.Installation, current.Slot, reason, now)),
            _ => throw new UnreachableException(current.GetType().Name),
        };

    private static Either<UsageSlotRejection, Transition<UsageSlot, UsageSlotEvent>> Supersede(
        UsageSlot current, Time.HourSlot by, DateTimeOffset now) =>
        current switch
        {
            _ when by.Start <= current.Slot.Start || !current.Period.Contains(by.Start) =>
                new UsageSlotRejection.NotIncluded(current.Slot, by),
            UsageSlot.Confirmed same => Unchanged(same),
            UsageSlot.Superseded same => Unchanged(same),
            UsageSlot.Due or UsageSlot.Sent or UsageSlot.Refused or UsageSlot.Dead =>
                Moved(new UsageSlot.Superseded(current.Installation, current.Slot, current.Period, by, now),
                      new UsageSlotEvent.Superseded(current.Installation, current.Slot, by, now)),
            _ => throw new UnreachableException(current.GetType().Name),
        };

    private static Transition<UsageSlot, UsageSlotEvent> Moved(UsageSlot next, UsageSlotEvent happened) =>
        new(next, Seq1(happened));

    private static Transition<UsageSlot, UsageSlotEvent> Unchanged(UsageSlot same) => new(same, Empty);
}
