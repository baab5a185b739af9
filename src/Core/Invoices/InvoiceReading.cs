using LanguageExt;
using Marketplace.Core.Money;
using static LanguageExt.Prelude;

namespace Marketplace.Core.Invoices;

/// <summary>An invoice as Vercel shows it when it is asked: what a webhook is only a hint of. Source: contract §D.8 Get Invoice, §F.</summary>
/// <param name="State">In Vercel's own word; one that nobody knows yet says nothing.</param>
/// <param name="UpdatedAt">When it came to be so.</param>
/// <param name="RefundTotal">Of all refunds of the invoice.</param>
public sealed record InvoiceReading(
    VercelInvoiceId VercelId,
    string State,
    Usd Total,
    DateTimeOffset UpdatedAt,
    Option<DateTimeOffset> PaidAt,
    Option<DateTimeOffset> RefundedAt,
    Option<Usd> RefundTotal,
    Option<string> RefundReason)
{
    /// <summary>What it tells of the invoice, the earlier stage first: one that was refunded says as well when it was paid.</summary>
    public Seq<InvoiceObservation> Observations =>
        (PaidAt.Map<InvoiceObservation>(at => new InvoiceObservation.Paid(at)).ToSeq() + Stage.ToSeq()).Distinct().Strict();

    private Option<InvoiceObservation> Stage =>
        State switch
        {
            "draft" or "pending" or "scheduled" or "invoiced" => new InvoiceObservation.Open(),
            "notpaid" => new InvoiceObservation.NotPaid(UpdatedAt),
            "overdue" => new InvoiceObservation.Overdue(UpdatedAt),
            "paid" => new InvoiceObservation.Paid(PaidAt.IfNone(UpdatedAt)),
            "refund_requested" => new InvoiceObservation.RefundRequested(UpdatedAt),
            "refunded" => new InvoiceObservation.Refunded(RefundedAt.IfNone(UpdatedAt), RefundTotal.IfNone(Total), RefundReason.IfNone("")),
            _ => Option<InvoiceObservation>.None,
        };
}
