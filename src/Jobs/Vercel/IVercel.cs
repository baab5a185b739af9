using LanguageExt;
using Marketplace.Core.Balances;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Installations;
using Marketplace.Core.Invoices;
using Marketplace.Core.Money;
using Marketplace.Core.Resources;
using Marketplace.Core.Secrets;
using Marketplace.Core.Usage;
using Marketplace.Jobs.Balances;

namespace Marketplace.Jobs.Vercel;

/// <summary>
/// Installations, resources and billing at Vercel; every call with the installation's own token. Beside it stands a port for each other
/// subject. Source: contract §D.
/// </summary>
public interface IVercel
{
    /// <summary>Who the team is now, and whom to write to (§D.2).</summary>
    Task<VercelAnswer<Account>> GetAccount(InstallationId installation, CancellationToken cancel);

    /// <summary>A person of the team, by the <c>user_id</c> of a token (§D.2).</summary>
    Task<VercelAnswer<Member>> GetMember(InstallationId installation, string member, CancellationToken cancel);

    /// <summary>Has Vercel read again what has changed here (§D.4).</summary>
    Task<VercelAnswer<Nothing>> CreateEvent(InstallationId installation, VercelEvent happened, CancellationToken cancel);

    /// <summary>Tells Vercel of a resource first, or anew (§D.5 PUT).</summary>
    Task<VercelAnswer<Nothing>> ImportResource(InstallationId installation, ImportedResource resource, CancellationToken cancel);

    /// <summary>Changes what Vercel has of a resource (§D.5 PATCH).</summary>
    Task<VercelAnswer<Nothing>> UpdateResource(
        InstallationId installation, ResourceId resource, ResourceChange change, CancellationToken cancel);

    /// <summary>Vercel has the resource no more; one that it never had is no mistake of anybody (§D.5 DELETE).</summary>
    Task<VercelAnswer<Nothing>> DeleteResource(InstallationId installation, ResourceId resource, CancellationToken cancel);

    /// <summary>Pushes the status, the notification and, when there are any, the secrets of a resource (§D.5 PATCH).</summary>
    Task<VercelAnswer<Nothing>> UpdateResource(
        InstallationId installation, Resource resource, Option<SecretsChange> secrets, CancellationToken cancel);

    /// <summary>Pushes everything that we hold of a resource: name, status, metadata, notification, plan and secrets, as far as there are any (§D.5 PATCH).</summary>
    /// <param name="plan">As the customer is shown it.</param>
    Task<VercelAnswer<Nothing>> SyncResource(
        InstallationId installation, Resource resource, Option<PlanOffer> plan, Option<SecretsChange> secrets, CancellationToken cancel);

    /// <summary>Pushes what the customer is told beside an installation, or that there is nothing (§D.1).</summary>
    Task<VercelAnswer<Nothing>> UpdateInstallation(Installation.Active installation, CancellationToken cancel);

    /// <summary>Changes what Vercel has of an installation (§D.1).</summary>
    Task<VercelAnswer<Nothing>> UpdateInstallation(InstallationId installation, InstallationChange change, CancellationToken cancel);

    /// <summary>What Vercel knows of this resource (§D.5 GET).</summary>
    Task<VercelAnswer<VercelResource>> GetResource(InstallationId installation, ResourceId resource, CancellationToken cancel);

    /// <summary>Every resource that Vercel knows (§D.5).</summary>
    Task<VercelAnswer<Seq<VercelResource>>> ListResources(InstallationId installation, CancellationToken cancel);

    /// <summary>Replaces the secrets of a resource, or some of them (§D.6).</summary>
    Task<VercelAnswer<Nothing>> UpdateSecrets(
        InstallationId installation, ResourceId resource, SecretsChange secrets, CancellationToken cancel);

    /// <summary>Running totals of an installation's period (§D.7). Sending the same again does no harm.</summary>
    Task<VercelAnswer<Nothing>> SubmitBillingData(UsageSubmission submission, CancellationToken cancel);

    /// <summary>What is left of an installation's prepaid money (§D.9). The newest wins, so that sending it again does no harm.</summary>
    Task<VercelAnswer<Nothing>> SubmitBalances(BalanceStatement statement, CancellationToken cancel);

    /// <summary>Submits an invoice (§D.8). A duplicate external id is an answer of its own: Vercel has it already.</summary>
    Task<VercelAnswer<InvoiceReceipt>> SubmitInvoice(InvoiceContent invoice, CancellationToken cancel);

    /// <summary>An invoice of the installation, which is to prove a purchase (§D.8 Get Invoice).</summary>
    Task<VercelAnswer<PurchaseInvoice>> GetInvoice(InstallationId installation, VercelInvoiceId id, CancellationToken cancel);

    /// <summary>How one of our invoices stands (§D.8 Get Invoice).</summary>
    Task<VercelAnswer<InvoiceReading>> ReadInvoice(InstallationId installation, VercelInvoiceId id, CancellationToken cancel);

    /// <summary>Asks for money to be paid back (§D.8 actions). Sent twice, it is paid back twice: look before sending it again.</summary>
    Task<VercelAnswer<Nothing>> Refund(
        InstallationId installation, VercelInvoiceId id, Usd amount, string reason, CancellationToken cancel);

    /// <summary>Ends the installation before its window is over: nothing more will be billed (§D.8, §E.5).</summary>
    Task<VercelAnswer<Nothing>> FinalizeBilling(InstallationId installation, CancellationToken cancel);
}

/// <summary>What Vercel says to an invoice that it could read.</summary>
public abstract record InvoiceReceipt
{
    private InvoiceReceipt() { }

    public sealed record Taken(VercelInvoiceId Id) : InvoiceReceipt;

    /// <summary>It says that something stands against it (409): as a rule that it has one with this external id already.</summary>
    /// <param name="Reason">Vercel's own words.</param>
    public sealed record Conflict(string Reason) : InvoiceReceipt;

    public sealed record Invalid(Seq<string> Errors) : InvoiceReceipt;
}
