namespace Marketplace.Core.Invoices;

/// <summary>Why a command on an invoice is refused. Nothing has changed.</summary>
public abstract record InvoiceRejection
{
    private InvoiceRejection() { }

    /// <summary>A refusal of something that was never sent.</summary>
    public sealed record NeverSubmitted(ExternalInvoiceId Id) : InvoiceRejection;

    /// <summary>Vercel has it: what it says is settled.</summary>
    public sealed record AlreadyAccepted(ExternalInvoiceId Id, VercelInvoiceId VercelId) : InvoiceRejection;

    /// <summary>Vercel has it, under a name that is not heard of yet: what it says is settled.</summary>
    public sealed record AlreadyThere(ExternalInvoiceId Id) : InvoiceRejection;

    /// <summary>The outcome of a submission is not known: look first.</summary>
    public sealed record OutcomeUnknown(ExternalInvoiceId Id) : InvoiceRejection;

    /// <summary>Sending what was refused again cannot help: draft it anew.</summary>
    public sealed record WasRefused(ExternalInvoiceId Id) : InvoiceRejection;

    /// <summary>There was too little to bill.</summary>
    public sealed record WasSkipped(ExternalInvoiceId Id) : InvoiceRejection;

    /// <summary>The news is of another invoice.</summary>
    public sealed record OtherInvoice(ExternalInvoiceId Id, VercelInvoiceId Known, VercelInvoiceId Given) : InvoiceRejection;

    /// <summary>The new content is for another invoice.</summary>
    public sealed record OtherContent(ExternalInvoiceId Id, ExternalInvoiceId Given) : InvoiceRejection;
}
