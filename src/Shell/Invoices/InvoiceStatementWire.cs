using LanguageExt;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Invoices;
using Marketplace.Core.Refunds;
using Marketplace.Shell.BillingPlans;
using Marketplace.Shell.Persistence;
using Marketplace.Shell.Refunds;
using Marketplace.Shell.VercelApi;

namespace Marketplace.Shell.Invoices;

/// <summary>An invoice as the provider's backend sees it: what it says, how it stands, and what was paid back.</summary>
/// <param name="Id">Ours, Vercel's <c>externalId</c>.</param>
/// <param name="VercelInvoiceId">Absent as long as Vercel has not spoken of it.</param>
/// <param name="State">Ours before Vercel has it (<c>drafted, submitted, refused, skipped</c>), then Vercel's, whatever is before the charge being <c>accepted</c>.</param>
/// <param name="Reasons">Why Vercel refused it.</param>
internal sealed record InvoiceStatementWire(
    string Id,
    string? VercelInvoiceId,
    string State,
    PeriodWire Period,
    DateTimeOffset InvoiceDate,
    bool Final,
    InvoiceLineWire[] Lines,
    InvoiceDiscountWire[] Discounts,
    string Total,
    string Refunded,
    RefundWire[] Refunds,
    string[]? Reasons)
{
    public static InvoiceStatementWire Of(Invoice invoice, Seq<Refund> refunds)
    {
        var (content, own) = (invoice.Content, refunds.Filter(refund => refund.Terms.Invoice == invoice.Content.ExternalId).Strict());
        return new(
            content.ExternalId.Value, invoice.KnownAs.MatchUnsafe<string?>(id => id.Value, () => null), InvoiceRows.StateOf(invoice),
            PeriodWire.Of(content.Period), content.InvoiceDate, content.Final, [.. content.Lines.Select(InvoiceLineWire.Of)],
            [.. content.Discounts.Select(InvoiceDiscountWire.Of)], DecimalString.Amount(content.Total),
            DecimalString.Amount(RequestRefund.RefundedSoFar(invoice, own)), [.. own.Select(RefundWire.Of)],
            invoice is Invoice.Refused refused ? [.. refused.Reasons] : null);
    }
}

internal sealed record InvoiceLineWire(
    string? ResourceId, string BillingPlanId, string Kind, string Name, string Details, string Price, decimal Quantity, string Units,
    string Total, DateTimeOffset? Start, DateTimeOffset? End)
{
    public static InvoiceLineWire Of(BillingLine line) => new(
        line.Subject.ResourceId(), line.Plan.Value, InvoiceText.Of(line.Kind), line.Name, line.Details,
        DecimalString.UnitPrice(line.Price), line.Quantity, line.Units, DecimalString.Amount(line.Total), line.Start.OrNull(), line.End.OrNull());
}

internal sealed record InvoiceDiscountWire(
    string? ResourceId, string BillingPlanId, string Name, string Details, string Amount, DateTimeOffset? Start, DateTimeOffset? End)
{
    public static InvoiceDiscountWire Of(BillingDiscount discount) => new(
        discount.Subject.ResourceId(), discount.Plan.Value, discount.Name, discount.Details, DecimalString.Amount(discount.Amount),
        discount.Start.OrNull(), discount.End.OrNull());
}
