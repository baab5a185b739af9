using System.Diagnostics;
using LanguageExt;
using static LanguageExt.Prelude;

namespace Marketplace.Core.Invoices;

/// <summary>When Vercel is asked how an invoice stands, because a webhook may have been lost. Source: contract §F.</summary>
public static class InvoiceLooks
{
    /// <summary>Of what has just happened Vercel tells within minutes, or it tells late.</summary>
    private static readonly TimeSpan Soon = TimeSpan.FromHours(1);

    /// <summary>Vercel charges, and tries again, within days.</summary>
    private static readonly TimeSpan FewTimesADay = TimeSpan.FromHours(6);

    /// <summary>Vercel has given it up: only the customer moves it now.</summary>
    private static readonly TimeSpan Daily = TimeSpan.FromDays(1);

    /// <summary>The first look after something happened to it; none where nothing more is expected.</summary>
    public static Option<DateTimeOffset> First(Invoice invoice, DateTimeOffset now) => After(invoice, now).Map(next => Earlier(next, now + Soon));

    /// <summary>The first look after anything that Vercel will tell of.</summary>
    public static DateTimeOffset Soonest(DateTimeOffset now) => now + Soon;

    /// <summary>The next look where a refund is under way, whatever else is said of the invoice.</summary>
    public static DateTimeOffset DuringRefund(DateTimeOffset now) => now + FewTimesADay;

    /// <summary>The next look after one that has just been taken; none where nothing more is expected.</summary>
    public static Option<DateTimeOffset> After(Invoice invoice, DateTimeOffset now) =>
        invoice switch
        {
            Invoice.Accepted or Invoice.NotPaid or Invoice.RefundRequested => now + FewTimesADay,
            Invoice.Overdue => now + Daily,
            // Vercel's id is not known, and there is no other way to ask: the answer to the next submission, or any webhook, tells it.
            Invoice.Drafted or Invoice.Submitted or Invoice.Known or Invoice.Refused or Invoice.Skipped => None,
            Invoice.Paid or Invoice.Refunded => None,
            _ => throw new UnreachableException(invoice.GetType().Name),
        };

    private static DateTimeOffset Earlier(DateTimeOffset a, DateTimeOffset b) => a < b ? a : b;
}
