using System.Diagnostics;
using Marketplace.Core.Refunds;
using Marketplace.Shell.VercelApi;

namespace Marketplace.Shell.Refunds;

/// <summary>A refund as the provider's backend sees it.</summary>
/// <param name="State">
/// <c>requested</c> until the customer has the money back (<c>refunded</c>) or Vercel said no (<c>failed</c>); <c>unknown</c> where the
/// installation ended before Vercel had answered.
/// </param>
/// <param name="ChangedAt">When it came to that state.</param>
/// <param name="Failure">Vercel's reason.</param>
internal sealed record RefundWire(
    string Id, string InvoiceId, string Amount, string Reason, string State, DateTimeOffset RequestedAt, DateTimeOffset ChangedAt, string? Failure)
{
    public static RefundWire Of(Refund refund)
    {
        var (state, changedAt) = refund switch
        {
            Refund.Requested r => ("requested", r.Terms.RequestedAt),
            Refund.Sent r => ("requested", r.SentAt),
            Refund.Accepted r => ("requested", r.AcceptedAt),
            Refund.Refunded r => ("refunded", r.RefundedAt),
            Refund.Failed r => ("failed", r.FailedAt),
            Refund.Unknown r => ("unknown", r.Since),
            _ => throw new UnreachableException(refund.GetType().Name),
        };
        var terms = refund.Terms;
        return new RefundWire(
            terms.Id.Value, terms.Invoice.Value, DecimalString.Amount(terms.Amount), terms.Reason, state, terms.RequestedAt, changedAt,
            (refund as Refund.Failed)?.Reason);
    }
}
