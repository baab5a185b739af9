using LanguageExt;
using Marketplace.Core;
using Marketplace.Core.Installations;
using Marketplace.Core.Invoices;
using Marketplace.Core.Time;
using Marketplace.Jobs.Billing;

namespace Marketplace.Jobs.Invoices;

/// <summary>The store of invoices.</summary>
public interface IInvoices
{
    /// <summary>The account from the start of the oldest period that is not closed, or whose invoice was refused.</summary>
    Task<BillingAccount> Load(InstallationId installation, DateTimeOffset now, CancellationToken cancel);

    /// <summary>Closes a period: what is used in it and comes from now on is late. The account as <see cref="AsClosed"/> gives it.</summary>
    Task<BillingAccount> Close(InstallationId installation, InvoiceDue.PeriodEnd due, DateTimeOffset now, CancellationToken cancel);

    /// <summary>
    /// The account as the closing of a period knows it, whenever somebody looks: without what came later, with what came late for others and
    /// is billed with this one.
    /// </summary>
    Task<BillingAccount> AsClosed(InstallationId installation, BillingPeriod period, DateTimeOffset now, CancellationToken cancel);

    /// <summary>
    /// Writes new invoices, all or none. The store refuses one that bills a subject by a plan for time that another has billed.
    /// </summary>
    Task Draft(InstallationId installation, Seq<Transition<Invoice, InvoiceEvent>> drafted, CancellationToken cancel);

    /// <summary>Answers a command on the stored invoice: loaded, decided and saved in one transaction.</summary>
    Task<Either<InvoiceRejection, Invoice>> Apply(
        InstallationId installation, ExternalInvoiceId id, InvoiceCommand command, CancellationToken cancel);
}
