using LanguageExt;
using Marketplace.Core.Money;

namespace Marketplace.Core.Invoices;

/// <summary>What can be asked of an invoice that exists.</summary>
public abstract record InvoiceCommand
{
    private InvoiceCommand() { }

    /// <summary>It leaves for Vercel; recorded before the call, because the call may end without an answer.</summary>
    public sealed record Submit : InvoiceCommand;

    /// <summary>
    /// Vercel spoke of it: the answer to a submission, a webhook, or Get Invoice. They come in any order and any number of
    /// times, and lead to the same place.
    /// </summary>
    public sealed record Observe(VercelInvoiceId VercelId, InvoiceObservation Observation) : InvoiceCommand;

    /// <summary>Vercel answered a submission by saying that it has it already.</summary>
    public sealed record FindThere : InvoiceCommand;

    /// <summary>Vercel answered a submission with validation errors, or with a refusal.</summary>
    public sealed record Refuse(Seq<string> Reasons) : InvoiceCommand;

    /// <summary>Replaces what an invoice says that Vercel refused, under the same external id.</summary>
    public sealed record Redraft(InvoiceContent Content) : InvoiceCommand
    {
        /// <summary>Present where it comes to too little to be sent by now.</summary>
        public Option<SmallTotal> Rest { get; init; }
    }
}

/// <summary>What Vercel says of an invoice. Source: contract §D.8 <c>state</c>, §F <c>marketplace.invoice.*</c>.</summary>
public abstract record InvoiceObservation
{
    private InvoiceObservation() { }

    /// <summary>It is there: <c>draft, pending, scheduled, invoiced</c>, or the webhook <c>created</c>.</summary>
    public sealed record Open : InvoiceObservation;

    /// <summary>One attempt to charge failed. Sent for each attempt.</summary>
    public sealed record NotPaid(DateTimeOffset At) : InvoiceObservation;

    public sealed record Overdue(DateTimeOffset At) : InvoiceObservation;

    public sealed record Paid(DateTimeOffset At) : InvoiceObservation;

    public sealed record RefundRequested(DateTimeOffset At) : InvoiceObservation;

    public sealed record Refunded(DateTimeOffset At, Usd Amount, string Reason) : InvoiceObservation;
}
