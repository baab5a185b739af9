using LanguageExt;
using Marketplace.Core.Time;

namespace Marketplace.Core.Usage;

/// <summary>What is due to be reported, as a function of data and clock: it makes no difference who looks, or how often.</summary>
public static class SlotLedger
{
    /// <summary>
    /// Everything final is done within half a day of an uninstall, whatever window Vercel leaves: half of that is for the last reports,
    /// and the other half for the last invoice. Source: contract §E.5.
    /// </summary>
    public static readonly TimeSpan FinalWaitMax = TimeSpan.FromHours(6);

    /// <summary>
    /// The hours whose report has to leave now, oldest first: due, still taken by Vercel, and not yet in the ledger or there as
    /// <see cref="UsageSlot.Due"/>. After an outage of a day these are at most two days' hours.
    /// </summary>
    /// <param name="life">Of the installation.</param>
    /// <param name="known">The ledger's entries of this installation from two days before now on; more do no harm.</param>
    public static Seq<UsageSlot.Due> ToSend(
        Installations.InstallationId installation,
        Lifetime life,
        BillingAnchor anchor,
        Seq<UsageSlot> known,
        DateTimeOffset now)
    {
        var taken = known.Where(slot => slot is not UsageSlot.Due).Select(slot => slot.Slot).ToHashSet();
        return HourSlot.DueIn(life, new TimeRange(now.AddDays(-2), now), now)
            .Where(slot => !taken.Contains(slot))
            .Select(slot => new UsageSlot.Due(installation, slot, BillingPeriod.Containing(slot.Start, anchor)))
            .Where(due => IsStillTold(life, due.Slot, due.Period, now))
            .ToSeq()
            .Strict();
    }

    /// <summary>The hours of a period that were never sent and never will be: Vercel takes no report that old, or the life ended too long ago. Oldest first.</summary>
    /// <param name="known">The ledger's entries of this installation for the period; others do no harm.</param>
    public static Seq<HourSlot> Missed(Lifetime life, BillingPeriod period, Seq<UsageSlot> known, DateTimeOffset now)
    {
        var taken = known.Where(slot => slot is not UsageSlot.Due).Select(slot => slot.Slot).ToHashSet();
        return HourSlot.DueIn(life, period.Range, now)
            .Where(slot => !taken.Contains(slot) && !IsStillTold(life, slot, period, now))
            .ToSeq()
            .Strict();
    }

    /// <summary>
    /// The missed hours of a period of which no report at all is sent any more: none can make good for them. Oldest first.
    /// </summary>
    /// <param name="known">The ledger's entries of this installation for the period; others do no harm.</param>
    public static Seq<HourSlot> Lost(Lifetime life, BillingPeriod period, Seq<UsageSlot> known, DateTimeOffset now) =>
        life.Within(period.Range)
            .Map(lived => HourSlot.Of(lived.End.AddTicks(-1)))
            .Filter(last => !IsStillTold(life, last, period, now))
            .Match(Some: _ => Missed(life, period, known, now), None: () => LanguageExt.Seq<HourSlot>.Empty);

    /// <summary>
    /// The hours of a period that are due and that Vercel does not know of yet, oldest first. An hour is known by its own
    /// confirmed report or by a later one of the period, whose totals include it. Source: contract §D.8 limit 4.
    /// </summary>
    /// <param name="known">The ledger's entries of this installation for the period; others do no harm.</param>
    public static Seq<HourSlot> Unreported(Lifetime life, BillingPeriod period, Seq<UsageSlot> known, DateTimeOffset now)
    {
        var newest = known
            .Where(slot => slot is UsageSlot.Confirmed && slot.Period == period)
            .Select(slot => slot.Slot.Start)
            .DefaultIfEmpty(DateTimeOffset.MinValue)
            .Max();
        return HourSlot.DueIn(life, period.Range, now).Where(slot => slot.Start > newest).ToSeq().Strict();
    }

    /// <summary>The unreported hours that an invoice waits for: those of which there is still hope.</summary>
    /// <param name="final">
    /// The last invoice of an installation waits for no operator: what was refused or given up stays so. Any other waits until the report is
    /// sent no more, for somebody may mend it and send it again.
    /// </param>
    /// <param name="known">The ledger's entries of this installation for the period; others do no harm.</param>
    public static Seq<HourSlot> Awaited(
        Lifetime life, BillingPeriod period, Seq<UsageSlot> known, bool final, DateTimeOffset now)
    {
        var hopeless = known
            .Where(slot => final && slot is (UsageSlot.Refused or UsageSlot.Dead))
            .Select(slot => slot.Slot)
            .ToHashSet();
        return Unreported(life, period, known, now)
            .Filter(slot => IsStillTold(life, slot, period, now) && !hopeless.Contains(slot))
            .Strict();
    }

    /// <summary>Vercel still takes a report of the hour, and the end of the installation does not wait for it in vain.</summary>
    private static bool IsStillTold(Lifetime life, HourSlot slot, BillingPeriod period, DateTimeOffset now) =>
        now <= UsageSubmission.SendableUntilFor(slot, period) && !life.End.Exists(end => now > end + FinalWaitMax);
}
