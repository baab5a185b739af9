using LanguageExt;
using Marketplace.Core.Balances;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Invoices;
using Marketplace.Core.Money;
using Marketplace.Core.Resources;

namespace Marketplace.Shell.VercelApi;

/// <summary>Get Invoice, as far as a purchase is proven by it. Source: contract §D.8.</summary>
internal sealed record PurchaseInvoiceWire(
    string InvoiceId, string State, string Total, PurchaseItemWire[] Items, PurchaseDiscountWire[]? Discounts = null, bool? Test = null)
{
    public PurchaseInvoice ToInvoice() => new(
        new VercelInvoiceId(InvoiceId), State, Test ?? false,
        Items.Select(item => Line(item.BillingPlanId, item.ResourceId, DecimalString.Read(item.Total)))
            .Concat((Discounts ?? []).Select(discount =>
                Line(discount.BillingPlanId, discount.ResourceId, Usd.Zero - DecimalString.Read(discount.Amount))))
            .ToSeq().Strict(),
        DecimalString.Read(Total));

    private static PurchaseLine Line(string plan, string? resource, Usd amount) =>
        new(new PlanId(plan), resource is null ? Option<ResourceId>.None : new ResourceId(resource), amount);
}

internal sealed record PurchaseItemWire(string BillingPlanId, string Total, string? ResourceId = null);

internal sealed record PurchaseDiscountWire(string BillingPlanId, string Amount, string? ResourceId = null);
