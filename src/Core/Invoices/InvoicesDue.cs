using LanguageExt;
using Marketplace.Core.Time;

namespace Marketplace.Core.Invoices;

/// <summary>An invoice that has to be made.</summary>
/// <param name="Period">The billing period that it belongs to.</param>
public abstract record InvoiceDue(BillingPeriod Period)
{
    /// <summary>The period is over for the installation.</summary>
    /// <param name="Final">The installation ends in this period: no invoice comes after it.</param>
    public sealed record PeriodEnd(BillingPeriod Period, bool Final) : InvoiceDue(Period);

    /// <summary>Plans have begun that bill something at once.</summary>
    public sealed record TakenUp(BillingPeriod Period, TakeUp TakeUp) : InvoiceDue(Period);
}

/// <summary>What is to be invoiced, as a function of data and clock: it makes no difference who looks, or how often.</summary>
public static class InvoicesDue
{
    /// <summary>
    /// The plans that were taken up and the periods of an installation that are over, by the clock or by its uninstall, and have no
    /// invoice yet, oldest first. The period in which it ends comes last and is final.
    /// </summary>
    public static Seq<InvoiceDue> At(InvoicedInstallation account, DateTimeOffset now) =>
        Open(account, now).Bind(period => (TakeUps(account, period.Period).Filter(taken => taken.TakeUp.DueAt <= now).Map(taken => (InvoiceDue)taken)
                + Prelude.Seq1<InvoiceDue>(period).Filter(_ => period.Final || period.Period.End <= now).Strict()).Strict())
            .Strict();

    /// <summary>When there is next something to invoice; none when the last invoice of the installation is made.</summary>
    public static Option<DateTimeOffset> Next(InvoicedInstallation account, DateTimeOffset now) =>
        account.Life.End.Exists(end => end <= now)
            ? Option<DateTimeOffset>.None
            : Next(account, BillingPeriod.Containing(now, account.Anchor), now);

    /// <summary>The beginning of the oldest period that is not closed: what is still to be invoiced follows from what happened since.</summary>
    public static DateTimeOffset Since(InvoicedInstallation account, DateTimeOffset now) =>
        Open(account, now).HeadOrNone().Match(due => due.Period.Start, () => BillingPeriod.Containing(now, account.Anchor).Start);

    /// <summary>Whether something is still to be invoiced of the time until now, at once or in a moment: plans that were just taken up too.</summary>
    internal static bool IsAnyAwaited(InvoicedInstallation account, DateTimeOffset now) =>
        !At(account, now).IsEmpty || !TakeUps(account, BillingPeriod.Containing(now, account.Anchor)).IsEmpty;

    private static DateTimeOffset Next(InvoicedInstallation account, BillingPeriod period, DateTimeOffset now) =>
        TakeUps(account, period)
            .Map(taken => taken.TakeUp.DueAt)
            .Filter(at => at > now)
            .Fold(period.End, (first, at) => at < first ? at : first);

    private static Seq<InvoiceDue.TakenUp> TakeUps(InvoicedInstallation account, BillingPeriod period)
    {
        var made = account.History.Map(invoice => invoice.Content.ExternalId).ToHashSet();
        return TakeUp.In(period, account)
            .Filter(taken => !made.Contains(account.Named(ExternalInvoiceId.TakenUp(account.Installation, taken.At))))
            .Map(taken => new InvoiceDue.TakenUp(period, taken))
            .Strict();
    }

    /// <summary>The periods that the installation has lived in and that are not closed, the one under way among them.</summary>
    private static Seq<InvoiceDue.PeriodEnd> Open(InvoicedInstallation account, DateTimeOffset now)
    {
        var seen = account.Life.AsOf(now);
        var closed = account.History.Filter(invoice => invoice.Content.ClosesPeriod).Map(invoice => invoice.Content.BillingPeriod).ToHashSet();
        return TimeRange.Between(seen.Start, seen.NoLaterThan(now)).Match(
            Some: lived => BillingPeriod.Overlapping(lived, account.Anchor)
                .Map(period => new InvoiceDue.PeriodEnd(period, seen.End.Exists(end => end <= period.End)))
                .Filter(due => !closed.Contains(due.Period))
                .Strict(),
            None: () => Seq<InvoiceDue.PeriodEnd>.Empty);
    }
}
