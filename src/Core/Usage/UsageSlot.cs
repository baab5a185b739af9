using Marketplace.Core.Installations;
using Marketplace.Core.Time;

namespace Marketplace.Core.Usage;

/// <summary>One entry of the slot ledger: how far the report of one installation and hour has come.</summary>
/// <param name="Period">In which the hour lies; only reports of the same period replace each other.</param>
public abstract record UsageSlot(InstallationId Installation, HourSlot Slot, BillingPeriod Period)
{
    /// <summary>The hour is over and nothing has been sent.</summary>
    public sealed record Due(InstallationId Installation, HourSlot Slot, BillingPeriod Period)
        : UsageSlot(Installation, Slot, Period);

    /// <summary>On its way, or arrived without an answer: sending the same report again does no harm.</summary>
    public sealed record Sent(InstallationId Installation, HourSlot Slot, BillingPeriod Period, DateTimeOffset SentAt)
        : UsageSlot(Installation, Slot, Period);

    /// <summary>Vercel has it.</summary>
    public sealed record Confirmed(
        InstallationId Installation, HourSlot Slot, BillingPeriod Period, DateTimeOffset ConfirmedAt)
        : UsageSlot(Installation, Slot, Period);

    /// <summary>Vercel said no: sending the same report again cannot help.</summary>
    public sealed record Refused(
        InstallationId Installation, HourSlot Slot, BillingPeriod Period, string Reason, DateTimeOffset RefusedAt)
        : UsageSlot(Installation, Slot, Period);

    /// <summary>Given up without an answer: too late for Vercel to take it, or too many attempts.</summary>
    public sealed record Dead(
        InstallationId Installation, HourSlot Slot, BillingPeriod Period, string Reason, DateTimeOffset DiedAt)
        : UsageSlot(Installation, Slot, Period);

    /// <summary>Never confirmed, and made good by a later report of the same period, whose totals include it.</summary>
    public sealed record Superseded(
        InstallationId Installation, HourSlot Slot, BillingPeriod Period, HourSlot By, DateTimeOffset SupersededAt)
        : UsageSlot(Installation, Slot, Period);

    /// <summary>The last moment at which Vercel takes its report.</summary>
    public DateTimeOffset SendableUntil => UsageSubmission.SendableUntilFor(Slot, Period);
}

/// <summary>What can be asked of an entry.</summary>
public abstract record UsageSlotCommand
{
    private UsageSlotCommand() { }

    /// <summary>Its report leaves, for the first time or again.</summary>
    public sealed record Send : UsageSlotCommand;

    /// <summary>Vercel took it.</summary>
    public sealed record Confirm : UsageSlotCommand;

    /// <summary>Vercel refused it.</summary>
    public sealed record Refuse(string Reason) : UsageSlotCommand;

    /// <summary>There will be no answer.</summary>
    public sealed record GiveUp(string Reason) : UsageSlotCommand;

    /// <summary>A later report of the same period was confirmed.</summary>
    public sealed record Supersede(HourSlot By) : UsageSlotCommand;
}

/// <summary>What happened to an entry.</summary>
public abstract record UsageSlotEvent(InstallationId Installation, HourSlot Slot, DateTimeOffset At)
{
    public sealed record Sent(InstallationId Installation, HourSlot Slot, DateTimeOffset At)
        : UsageSlotEvent(Installation, Slot, At);

    public sealed record Confirmed(InstallationId Installation, HourSlot Slot, DateTimeOffset At)
        : UsageSlotEvent(Installation, Slot, At);

    public sealed record Refused(InstallationId Installation, HourSlot Slot, string Reason, DateTimeOffset At)
        : UsageSlotEvent(Installation, Slot, At);

    public sealed record Died(InstallationId Installation, HourSlot Slot, string Reason, DateTimeOffset At)
        : UsageSlotEvent(Installation, Slot, At);

    public sealed record Superseded(InstallationId Installation, HourSlot Slot, HourSlot By, DateTimeOffset At)
        : UsageSlotEvent(Installation, Slot, At);
}

/// <summary>Why a command on an entry is refused. Nothing has changed.</summary>
public abstract record UsageSlotRejection
{
    private UsageSlotRejection() { }

    /// <summary>An answer to something that was never sent.</summary>
    public sealed record NeverSent(HourSlot Slot) : UsageSlotRejection;

    /// <summary>Vercel has it: it can be neither refused nor given up any more.</summary>
    public sealed record AlreadyConfirmed(HourSlot Slot) : UsageSlotRejection;

    /// <summary>A later report holds it: sending it now would be for nothing.</summary>
    public sealed record AlreadySuperseded(HourSlot Slot, HourSlot By) : UsageSlotRejection;

    /// <summary>Only a later report of the same period includes what this one says.</summary>
    public sealed record NotIncluded(HourSlot Slot, HourSlot By) : UsageSlotRejection;

    /// <summary>Vercel takes no report that old.</summary>
    public sealed record TooLate(HourSlot Slot, DateTimeOffset SendableUntil) : UsageSlotRejection;
}
