using System.Diagnostics;
using Marketplace.Simulator.Invoices;
using Marketplace.Simulator.Pages.Site;

namespace Marketplace.Simulator.Pages.Invoices;

/// <summary>How invoices are, in words and colours. Source: contract D.8, E.14.</summary>
internal static class InvoiceMarks
{
    public static Mark Of(InvoiceState state) => state switch
    {
        InvoiceState.Draft => new("Draft", Tones.Quiet),
        InvoiceState.Pending => new("Pending", Tones.Busy),
        InvoiceState.Scheduled => new("Scheduled", Tones.Busy),
        InvoiceState.Invoiced => new("Invoiced", Tones.Busy),
        InvoiceState.Paid => new("Paid", Tones.Good),
        InvoiceState.NotPaid => new("Not paid", Tones.Warn),
        InvoiceState.Overdue => new("Overdue", Tones.Bad),
        InvoiceState.RefundRequested => new("Refund requested", Tones.Busy),
        InvoiceState.Refunded => new("Refunded", Tones.Quiet),
        _ => throw new UnreachableException(state.ToString()),
    };
}
