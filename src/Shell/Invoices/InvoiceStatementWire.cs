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
/// <param name="Credits">Given back on it: with the discounts, what its lines come to beyond its total.</param>
/// <param name="Carries">The earlier ones that came to too little, all of which is on this one.</param>
/// <param name="Reasons">Why Vercel refused it.</param>
internal sealed record InvoiceStatementWire(
    string Id,
    string? VercelInvoiceId,
    string State,
    PeriodWire Period,
    DateTimeOffset InvoiceDate,
    bool TakeUp,
    bool OneOff,
    bool Final,
    bool Test,
    InvoiceLineWire[] Lines,
    InvoiceDiscountWire[] Discounts,
    InvoiceCreditWire[] Credits,
    string[] Carries,
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
            PeriodWire.Of(content.Period), content.InvoiceDate, content.IsTakeUp, content.IsOneOff, content.Final, content.Test.IsSome,
            [.. content.Lines.Select(InvoiceLineWire.Of)], [.. content.Discounts.Select(InvoiceDiscountWire.Of)],
            [.. content.Credits.Select(InvoiceCreditWire.Of)], [.. content.Carries.Select(id => id.Value)], DecimalString.Amount(content.Total),
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

/// <summary>A part of a credit, as a discount on what one plan is billed.</summary>
/// <param name="Kind">What it is for: what was paid in advance and not used, or usage that came to less.</param>
internal sealed record InvoiceCreditWire(string? ResourceId, string BillingPlanId, string Kind, string Name, DateTime OfPeriod, string Amount)
{
    public static InvoiceCreditWire Of(CreditUse use) => new(
        use.On.Subject.ResourceId(), use.On.Plan.Value, InvoiceText.Of(use.Source.Kind), use.Source.Name, use.Source.PeriodStart.UtcDateTime,
        DecimalString.Amount(use.Amount));
}
