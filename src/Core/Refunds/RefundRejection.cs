using Marketplace.Core.Invoices;
using Marketplace.Core.Money;

namespace Marketplace.Core.Refunds;

/// <summary>Why a refund cannot be. Nothing has changed.</summary>
public abstract record RefundRejection
{
    private RefundRejection() { }

    /// <summary>The installation is final and its token dead: only Vercel's support can refund now. Source: contract §E.5.</summary>
    public sealed record InstallationFinal : RefundRejection;

    /// <summary>Vercel does not have the invoice, so nobody was charged by it.</summary>
    public sealed record NeverInvoiced(ExternalInvoiceId Invoice) : RefundRejection;

    /// <summary>Another refund of the invoice is under way. Source: contract §D.8.</summary>
    public sealed record AnotherUnderWay(ExternalInvoiceId Invoice) : RefundRejection;

    /// <summary>It is not paid: a refund cancels it, which can be done to the whole of it alone.</summary>
    public sealed record CancelsTheWhole(ExternalInvoiceId Invoice, Usd Total) : RefundRejection;

    /// <summary>Never more than was paid and not paid back yet.</summary>
    public sealed record MoreThanIsLeft(ExternalInvoiceId Invoice, Usd Left) : RefundRejection;

    /// <summary>It is over already, done or failed.</summary>
    public sealed record Over(RefundId Id) : RefundRejection;

    /// <summary>An answer to what was never sent.</summary>
    public sealed record NeverSent(RefundId Id) : RefundRejection;
}
