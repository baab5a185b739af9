using LanguageExt;
using Marketplace.Core.Time;

namespace Marketplace.Core.Invoices;

/// <summary>An invoice that has to be made: the period is over for the installation.</summary>
/// <param name="Final">The installation ends in this period: no invoice comes after it.</param>
public sealed record InvoiceDue(BillingPeriod Period, bool Final);

/// <summary>What is to be invoiced, as a function of data and clock: it makes no difference who looks, or how often.</summary>
public static class InvoicesDue
{
    /// <summary>
    /// The periods of an installation that are over, by the clock or by its uninstall, and have no invoice yet, oldest first.
    /// The one in which it ends comes last and is final.
    /// </summary>
    /// <param name="life">Of the installation, from its install to the request of its uninstall.</param>
    /// <param name="known">Periods that have an invoice already, in whatever state, or were skipped.</param>
    public static Seq<InvoiceDue> At(Lifetime life, BillingAnchor anchor, Seq<BillingPeriod> known, DateTimeOffset now)
    {
        var seen = life.AsOf(now);
        return TimeRange.Between(seen.Start, seen.NoLaterThan(now)).Match(
            Some: lived => BillingPeriod.Overlapping(lived, anchor)
                .Map(period => new InvoiceDue(period, seen.End.Exists(end => end <= period.End)))
                .Filter(due => due.Final || due.Period.End <= now)
                .Filter(due => !known.Exists(period => period == due.Period))
                .Strict(),
            None: () => LanguageExt.Seq<InvoiceDue>.Empty);
    }
}
