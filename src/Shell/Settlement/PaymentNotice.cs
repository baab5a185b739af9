namespace Marketplace.Shell.Settlement;

/// <summary>What a customer reads of unpaid invoices.</summary>
internal static class PaymentNotice
{
    /// <summary>Beside each resource that is out of service. Without amounts, which would change it again and again.</summary>
    public const string Suspended =
        "Payments have failed for too long. Everything is kept, and service is back as soon as the open invoices are paid in Vercel.";
}
