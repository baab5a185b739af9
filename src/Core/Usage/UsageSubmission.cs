using LanguageExt;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Installations;
using Marketplace.Core.Time;

namespace Marketplace.Core.Usage;

/// <summary>Interim billing data of one installation as of one hour: what its period comes to so far. Source: contract §D.7.</summary>
/// <param name="Timestamp">
/// The moment that the totals tell of, so that Vercel, which keeps the newest, never prefers an older report that was sent late.
/// </param>
/// <param name="Eod">The end of the day reported on; inside the period.</param>
/// <param name="Billing">Running totals; lines that come to nothing so far are among them.</param>
public sealed record UsageSubmission(
    InstallationId Installation,
    HourSlot Slot,
    DateTimeOffset Timestamp,
    DateTimeOffset Eod,
    BillingPeriod Period,
    BillingCharges Billing,
    Seq<MetricUsage> Usage)
{
    /// <summary>The last moment at which Vercel takes it: neither eod nor the period's end may be older than 24 hours.</summary>
    public DateTimeOffset SendableUntil => SendableUntilFor(Slot, Period);

    /// <summary>
    /// The report of an hour. It depends on what happened up to its moment alone, so that it reads the same whenever it is
    /// made. The last hour of a period reports the closed period.
    /// </summary>
    /// <param name="life">Of the installation; an hour in which it ends is reported as of that end.</param>
    /// <param name="billed">With all resources that lived in the period, in any order.</param>
    public static UsageSubmission For(
        InstallationId installation, HourSlot slot, Lifetime life, BillingAnchor anchor, BilledInstallation billed)
    {
        var asOf = slot.DueAt(life);
        var day = UsageDay.Of(slot.Start);
        var period = BillingPeriod.Containing(slot.Start, anchor);
        return new UsageSubmission(
            installation, slot, asOf, day.Eod(period), period, BillingCharges.For(period, asOf, billed),
            MetricUsage.Of(billed, period, day, asOf));
    }

    /// <summary>The last moment at which Vercel takes the report of a slot, without making the report.</summary>
    public static DateTimeOffset SendableUntilFor(HourSlot slot, BillingPeriod period) =>
        UsageDay.Of(slot.Start).Eod(period).AddHours(24);
}
