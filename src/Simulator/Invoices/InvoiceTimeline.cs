using System.Diagnostics;

namespace Marketplace.Simulator.Invoices;

/// <summary>What becomes of an invoice by the passing of time alone. Source: contract D.8 and E.14.</summary>
/// <param name="PaidAfter">From submission to the first attempt to charge; the states between share it evenly.</param>
internal sealed record InvoiceTimeline(TimeSpan PaidAfter)
{
    /// <summary>After the first attempt come nine more, spread over fifteen days; then the invoice is overdue.</summary>
    public const int RetriesMax = 9;

    private static readonly TimeSpan RetryAfter = TimeSpan.FromDays(15) / RetriesMax;

    public DateTimeOffset FirstChange(DateTimeOffset submittedAt) => submittedAt + (PaidAfter / 4);

    /// <summary>When Vercel will try to charge an invoice that could not be charged, as long as nobody pays it; none where it will not.</summary>
    public static IReadOnlyList<DateTimeOffset> RetriesOf(Invoice invoice) =>
        invoice is { State: InvoiceState.NotPaid, NextChangeAt: { } next } && invoice.FailedPayments <= RetriesMax
            ? [.. Enumerable.Range(0, RetriesMax + 1 - invoice.FailedPayments).Select(ahead => next + (ahead * RetryAfter))]
            : [];

    /// <summary>
    /// The invoice at the given time, with the states that it went through and that a provider hears of by webhook.
    /// </summary>
    public (Invoice Now, List<InvoiceState> Announced) Advance(
        Invoice invoice, PaymentBehaviour behaviour, DateTimeOffset now)
    {
        var announced = new List<InvoiceState>();
        while (invoice.NextChangeAt is { } at && at <= now)
        {
            var next = Next(invoice, behaviour, at);
            invoice = next.Become(next.State, at);
            if (invoice.State is InvoiceState.Paid or InvoiceState.NotPaid or InvoiceState.Overdue or InvoiceState.Refunded)
            {
                announced.Add(invoice.State);
            }
        }

        return (invoice, announced);
    }

    private Invoice Next(Invoice invoice, PaymentBehaviour behaviour, DateTimeOffset at) => invoice.State switch
    {
        InvoiceState.Draft => invoice with { State = InvoiceState.Pending, NextChangeAt = at + (PaidAfter / 4) },
        InvoiceState.Pending => invoice with { State = InvoiceState.Scheduled, NextChangeAt = at + (PaidAfter / 4) },
        InvoiceState.Scheduled => invoice with
        {
            State = InvoiceState.Invoiced,
            Number = $"VM-{at.UtcDateTime:yyyyMM}-{invoice.Id[^6..].ToUpperInvariant()}",
            NextChangeAt = at + (PaidAfter / 4),
        },
        InvoiceState.Invoiced when invoice.Test is { } test => TestResult(invoice, test, at),
        InvoiceState.Invoiced or InvoiceState.NotPaid => Charge(invoice, behaviour, at),
        InvoiceState.RefundRequested => invoice with { State = InvoiceState.Refunded, RefundedAt = at, NextChangeAt = null },
        InvoiceState.Paid or InvoiceState.Overdue or InvoiceState.Refunded => invoice with { NextChangeAt = null },
        _ => throw new UnreachableException(invoice.State.ToString()),
    };

    private static Invoice TestResult(Invoice invoice, InvoiceTest test, DateTimeOffset at) => invoice with
    {
        State = test.Result,
        PaidAt = test.Result == InvoiceState.Paid ? at : null,
        NextChangeAt = null,
    };

    private static Invoice Charge(Invoice invoice, PaymentBehaviour behaviour, DateTimeOffset at)
    {
        if (behaviour.FailuresBeforePaid <= invoice.FailedPayments)
        {
            return invoice with { State = InvoiceState.Paid, PaidAt = at, NextChangeAt = null };
        }

        // Each failed attempt is announced, also the last one, before the invoice is given up.
        return invoice.FailedPayments > RetriesMax
            ? invoice with { State = InvoiceState.Overdue, NextChangeAt = null }
            : invoice with
            {
                State = InvoiceState.NotPaid,
                FailedPayments = invoice.FailedPayments + 1,
                NextChangeAt = invoice.FailedPayments == RetriesMax ? at : at + RetryAfter,
            };
    }
}
