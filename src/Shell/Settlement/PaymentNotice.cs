using System.Diagnostics;
using System.Globalization;
using LanguageExt;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Installations;
using Marketplace.Core.NonPayment;
using Marketplace.Core.Notifications;
using static LanguageExt.Prelude;

namespace Marketplace.Shell.Settlement;

/// <summary>What a customer reads of unpaid invoices. Without amounts, which would change it again and again.</summary>
internal static class PaymentNotice
{
    /// <summary>Beside each resource that is out of service, and above them all.</summary>
    public const string Suspended =
        "Payments have failed for too long. Everything is kept, and service is back as soon as the open invoices are paid in Vercel.";

    /// <summary>Above the installation; none in good standing. Source: contract §C.4, §E.14.</summary>
    /// <param name="policy">Where it suspends, the customer is told from when.</param>
    /// <param name="account">Its page at Vercel is where invoices are paid.</param>
    public static Option<Notice> Of(PaymentStanding standing, NonPaymentPolicy policy, Account account) =>
        Words(standing, policy).Map(notice => notice with { Link = LinkTo(account) });

    private static Option<Notice> Words(PaymentStanding standing, NonPaymentPolicy policy) =>
        standing switch
        {
            PaymentStanding.Good => None,
            PaymentStanding.Warned s => new Notice(
                NoticeLevel.Warn, "Payment failed",
                $"An invoice could not be charged, and Vercel will try again. Check the payment method of your team in Vercel.{Until(s.Arrears, policy)}"),
            PaymentStanding.Degraded s => new Notice(
                NoticeLevel.Error, "Payment overdue", $"An invoice is still not paid. Pay it in Vercel, so that service goes on.{Until(s.Arrears, policy)}"),
            PaymentStanding.Suspended => new Notice(NoticeLevel.Error, "Suspended for non-payment", Suspended),
            _ => throw new UnreachableException(standing.GetType().Name),
        };

    private static string Until(Arrears arrears, NonPaymentPolicy policy) =>
        Dunning.SuspendsAt(arrears, policy).Match(
            at => string.Create(CultureInfo.InvariantCulture, $" Unless it is paid, service is suspended on {at.UtcDateTime:d MMMM yyyy}; nothing is deleted."),
            () => "");

    /// <summary>Only a page of the web: whatever else was registered is no place to send a customer to.</summary>
    private static Option<Uri> LinkTo(Account account) =>
        Uri.TryCreate(account.Url, UriKind.Absolute, out var page) && page.Scheme is "https" or "http" ? page : Option<Uri>.None;
}
