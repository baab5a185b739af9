using FsCheck;
using FsCheck.Fluent;
using Marketplace.Core.Installations;
using Marketplace.Core.Time;
using Marketplace.Core.Usage;
using Marketplace.Properties.Time;

namespace Marketplace.Properties.Usage;

/// <summary>Entries of the slot ledger, and what can be asked of them.</summary>
internal static class AnyUsageSlot
{
    public static readonly InstallationId Installation = new("icfg_1");

    public static readonly Gen<string> Reason = Gen.Elements("400 eod must be within the period", "no answer in ten attempts");

    public static readonly Gen<HourSlot> Slot = AnyTime.Moment.Select(HourSlot.Of);

    public static readonly Gen<UsageSlot> State =
        from slot in Slot
        from anchor in AnyTime.Anchor
        from state in Of(slot, BillingPeriod.Containing(slot.Start, anchor))
        select state;

    public static readonly Gen<UsageSlotCommand> Command = CommandAfter(Slot);

    /// <summary>An entry with a moment around its hour and a command that is often to the point.</summary>
    public static readonly Gen<(UsageSlot State, UsageSlotCommand Command, DateTimeOffset Now)> Asked =
        from state in State
        from command in CommandAfter(Gen.OneOf(Gen.Choose(-3, 3), Gen.Choose(-100, 800)).Select(hours => HourSlot.Of(state.Slot.Start.AddHours(hours))))
        from hours in Gen.Choose(1, 60)
        select (state, command, state.Slot.Start.AddHours(hours));

    public static Gen<UsageSlot> Of(HourSlot slot, BillingPeriod period) =>
        from at in Gen.Choose(1, 100).Select(hours => slot.Start.AddHours(hours))
        from reason in Reason
        from later in Gen.Choose(1, 24).Select(hours => HourSlot.Of(slot.Start.AddHours(hours)))
        from state in Gen.Elements<UsageSlot>(
            new UsageSlot.Due(Installation, slot, period),
            new UsageSlot.Sent(Installation, slot, period, at),
            new UsageSlot.Confirmed(Installation, slot, period, at),
            new UsageSlot.Refused(Installation, slot, period, reason, at),
            new UsageSlot.Dead(Installation, slot, period, reason, at),
            new UsageSlot.Superseded(Installation, slot, period, later, at))
        select state;

    private static Gen<UsageSlotCommand> CommandAfter(Gen<HourSlot> by) => Gen.OneOf(
        Gen.Constant((UsageSlotCommand)new UsageSlotCommand.Send()),
        Gen.Constant((UsageSlotCommand)new UsageSlotCommand.Confirm()),
        Reason.Select(reason => (UsageSlotCommand)new UsageSlotCommand.Refuse(reason)),
        Reason.Select(reason => (UsageSlotCommand)new UsageSlotCommand.GiveUp(reason)),
        by.Select(slot => (UsageSlotCommand)new UsageSlotCommand.Supersede(slot)));
}
