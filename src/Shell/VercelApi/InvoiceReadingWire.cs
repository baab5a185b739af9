using LanguageExt;
using Marketplace.Core.Invoices;
using Marketplace.Core.Money;

namespace Marketplace.Shell.VercelApi;

/// <summary>Get Invoice, as far as it tells how an invoice stands. Source: contract §D.8.</summary>
internal sealed record InvoiceReadingWire(
    string InvoiceId,
    string State,
    string Total,
    DateTimeOffset Updated,
    DateTimeOffset? PaidAt = null,
    DateTimeOffset? RefundedAt = null,
    string? RefundTotal = null,
    string? RefundReason = null)
{
    public InvoiceReading ToReading() => new(
        new VercelInvoiceId(InvoiceId), State, DecimalString.Read(Total), Updated.ToUniversalTime(), Moment(PaidAt), Moment(RefundedAt),
        RefundTotal is { } total ? DecimalString.Read(total) : Option<Usd>.None, RefundReason ?? Option<string>.None);

    private static Option<DateTimeOffset> Moment(DateTimeOffset? moment) =>
        moment is { } at ? at.ToUniversalTime() : Option<DateTimeOffset>.None;
}
