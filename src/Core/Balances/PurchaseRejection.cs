using Marketplace.Core.BillingPlans;
using Marketplace.Core.Installations;
using Marketplace.Core.Invoices;
using Marketplace.Core.Money;
using Marketplace.Core.Resources;

namespace Marketplace.Core.Balances;

/// <summary>Why an invoice is credited to no balance. Nothing has changed.</summary>
public abstract record PurchaseRejection
{
    private PurchaseRejection() { }

    public sealed record InstallationBeingUninstalled(InstallationId Id) : PurchaseRejection;

    public sealed record InstallationFinalized(InstallationId Id) : PurchaseRejection;

    /// <summary>Not yet, not any more, or never. It may change.</summary>
    /// <param name="State">In Vercel's own word.</param>
    public sealed record NotPaid(VercelInvoiceId Invoice, string State) : PurchaseRejection;

    /// <summary>It says that it is paid, but no money has moved.</summary>
    public sealed record OnlyATest(VercelInvoiceId Invoice) : PurchaseRejection;

    /// <summary>There is no such resource in the installation, or not any more.</summary>
    public sealed record UnknownResource(ResourceId Id) : PurchaseRejection;

    /// <summary>The plan is not sold for what the line is about, or it is paid by subscription.</summary>
    public sealed record NotPrepaid(PlanId Plan) : PurchaseRejection;

    /// <summary>Some balance would gain nothing.</summary>
    public sealed record NothingBought(VercelInvoiceId Invoice) : PurchaseRejection;

    /// <summary>The lines come to more than the customer was charged.</summary>
    public sealed record WorthMoreThanPaid(VercelInvoiceId Invoice, Usd Worth, Usd Paid) : PurchaseRejection;
}
