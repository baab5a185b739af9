using LanguageExt;
using Marketplace.Core;
using Marketplace.Core.Installations;
using Marketplace.Core.Invoices;
using Marketplace.Jobs.Usage;

namespace Marketplace.Jobs.Invoices;

/// <summary>The store of invoices. Claims are leases on one installation's invoicing.</summary>
public interface IInvoices
{
    /// <summary>Installations with a period that is over or an invoice that is not sent, where nobody holds them.</summary>
    Task<IReadOnlyList<ClaimedWork>> Claim(DateTimeOffset now, int installationsMax, TimeSpan lease, CancellationToken cancel);

    /// <summary>The account from the start of the oldest period that is due.</summary>
    Task<BillingAccount> Load(InstallationId installation, DateTimeOffset now, CancellationToken cancel);

    /// <summary>Writes a new invoice. The store refuses a second one for the same resource, plan and period.</summary>
    Task Draft(InstallationId installation, Transition<Invoice, InvoiceEvent> drafted, CancellationToken cancel);

    /// <summary>Answers a command on the stored invoice: loaded, decided and saved in one transaction.</summary>
    Task<Either<InvoiceRejection, Invoice>> Apply(
        InstallationId installation, ExternalInvoiceId id, InvoiceCommand command, CancellationToken cancel);

    /// <summary>All is sent until then; null when no invoice will ever be due again.</summary>
    Task Done(ClaimedWork work, DateTimeOffset? nextDueAt, CancellationToken cancel);

    Task Postpone(ClaimedWork work, string reason, TimeSpan delay, CancellationToken cancel);
}
