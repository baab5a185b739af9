using LanguageExt;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Invoices;
using Marketplace.Core.Money;
using Marketplace.Core.Resources;

namespace Marketplace.Core.Balances;

/// <summary>An invoice as Vercel shows it, which is to prove a purchase. Source: contract §B.4, §D.8 Get Invoice.</summary>
/// <param name="State">In Vercel's own word; one that nobody knows yet is not <c>paid</c>.</param>
/// <param name="IsTest">No money has moved, whatever the state says.</param>
/// <param name="Lines">The items, and the discounts with negative amounts.</param>
/// <param name="Total">What the customer was charged.</param>
public sealed record PurchaseInvoice(VercelInvoiceId Id, string State, bool IsTest, Seq<PurchaseLine> Lines, Usd Total)
{
    public bool IsPaid => State == "paid";
}

/// <param name="Resource">None for the installation as a whole.</param>
/// <param name="Amount">Negative for a discount.</param>
public sealed record PurchaseLine(PlanId Plan, Option<ResourceId> Resource, Usd Amount);
