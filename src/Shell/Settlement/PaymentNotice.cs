using System.Diagnostics;
using LanguageExt;
using Marketplace.Core;
using Marketplace.Core.NonPayment;
using static LanguageExt.Prelude;

namespace Marketplace.Shell.Settlement;

/// <summary>What a customer reads of unpaid invoices. Without amounts, which would change it again and again.</summary>
internal static class PaymentNotice
{
    /// <summary>Beside each resource that is out of service, and above them all.</summary>
    public const string Suspended =
        "Payments have failed for too long. Everything is kept, and service is back as soon as the open invoices are paid in Vercel.";

    /// <summary>Above the installation; none in good standing. Source: contract §C.4, §E.14.</summary>
    public static Option<Notice> Of(PaymentStanding standing) =>
        standing switch
        {
            PaymentStanding.Good => None,
            PaymentStanding.Warned => new Notice(
                NoticeLevel.Warn, "Payment failed",
                "An invoice could not be charged, and Vercel will try again. Check the payment method of your team in Vercel."),
            PaymentStanding.Degraded => new Notice(
                NoticeLevel.Error, "Payment overdue", "An invoice is still not paid. Pay it in Vercel, so that service is not interrupted."),
            PaymentStanding.Suspended => new Notice(NoticeLevel.Error, "Suspended for non-payment", Suspended),
            _ => throw new UnreachableException(standing.GetType().Name),
        };
}
