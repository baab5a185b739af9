using LanguageExt;
using Marketplace.Core;
using Marketplace.Core.Installations;
using Marketplace.Core.Invoices;
using Marketplace.Jobs.Billing;

namespace Marketplace.Jobs.Invoices;

/// <summary>The store of invoices.</summary>
public interface IInvoices
{
    /// <summary>The account from the start of the oldest period that is due.</summary>
    Task<BillingAccount> Load(InstallationId installation, DateTimeOffset now, CancellationToken cancel);

    /// <summary>Writes a new invoice. The store refuses a second one that bills the same subject for the same plan and period.</summary>
    Task Draft(InstallationId installation, Transition<Invoice, InvoiceEvent> drafted, CancellationToken cancel);

    /// <summary>Answers a command on the stored invoice: loaded, decided and saved in one transaction.</summary>
    Task<Either<InvoiceRejection, Invoice>> Apply(
        InstallationId installation, ExternalInvoiceId id, InvoiceCommand command, CancellationToken cancel);
}
