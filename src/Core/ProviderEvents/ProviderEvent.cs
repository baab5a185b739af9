using LanguageExt;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Installations;
using Marketplace.Core.Invoices;
using Marketplace.Core.Money;
using Marketplace.Core.Products;
using Marketplace.Core.Projects;
using Marketplace.Core.Resources;
using Marketplace.Core.Transfers;
using static LanguageExt.Prelude;

namespace Marketplace.Core.ProviderEvents;

/// <summary>
/// What the provider's own backend hears: ids, and what changed. Never a secret, a token, or a person's name or address; whoever needs more
/// asks for it.
/// </summary>
public abstract record ProviderEvent
{
    private ProviderEvent(Option<ResourceId> resource) => Resource = resource;

    /// <summary>None where it is about the installation.</summary>
    public Option<ResourceId> Resource { get; }

    public sealed record InstallationInstalled(AccountId Account, Option<PlanId> Plan) : ProviderEvent(None);

    /// <summary>What is known of it is not what it was.</summary>
    public sealed record InstallationUpdated(InstallationPart Part) : ProviderEvent(None);

    public sealed record InstallationPlanChanged(Option<PlanId> From, PlanId To) : ProviderEvent(None);

    /// <summary>Another team has it, with everything in it.</summary>
    public sealed record InstallationMovedToTeam(AccountId From, AccountId To) : ProviderEvent(None);

    /// <summary>Service has ended. What is left is billed.</summary>
    public sealed record InstallationUninstalling(string Reason) : ProviderEvent(None);

    /// <summary>Nothing is left to bill, and nothing more comes.</summary>
    public sealed record InstallationFinalized() : ProviderEvent(None);

    /// <summary>The customer has it, and its secrets work.</summary>
    public sealed record ResourceProvisioned(ResourceId Id, ProductId Product, Option<PlanId> Plan) : ProviderEvent(Some(Id));

    /// <summary>It was there before, and is shown at Vercel from now on.</summary>
    public sealed record ResourceImported(ResourceId Id, ProductId Product, ResourceOwnership Ownership) : ProviderEvent(Some(Id));

    public sealed record ResourceProvisioningFailed(ResourceId Id, string Reason) : ProviderEvent(Some(Id));

    public sealed record ResourceRenamed(ResourceId Id, string From, string To) : ProviderEvent(Some(Id));

    public sealed record ResourceMetadataChanged(ResourceId Id) : ProviderEvent(Some(Id));

    /// <param name="To">None where the plan of its installation covers it from now on.</param>
    public sealed record ResourcePlanChanged(ResourceId Id, Option<PlanId> From, Option<PlanId> To) : ProviderEvent(Some(Id));

    public sealed record ResourcePlanScheduled(ResourceId Id, PlanId Plan, DateTimeOffset EffectiveAt) : ProviderEvent(Some(Id));

    public sealed record ResourceScheduledPlanWithdrawn(ResourceId Id, PlanId Plan) : ProviderEvent(Some(Id));

    /// <summary>A cause began to hold, or has another reason: with the first of them it is out of service.</summary>
    public sealed record ResourceSuspended(ResourceId Id, SuspensionCause Cause, string Reason) : ProviderEvent(Some(Id));

    /// <summary>The last cause is gone, and it is in service again.</summary>
    public sealed record ResourceResumed(ResourceId Id, SuspensionCause Cause) : ProviderEvent(Some(Id));

    /// <param name="PreviousExpireAt">No older secret works from then on.</param>
    public sealed record ResourceSecretsRotated(ResourceId Id, DateTimeOffset PreviousExpireAt) : ProviderEvent(Some(Id));

    /// <summary>Deleted by the customer, or gone with its installation: its service and its billing have ended.</summary>
    public sealed record ResourceUninstalled(ResourceId Id) : ProviderEvent(Some(Id));

    /// <summary>What had been made for it is destroyed, with every secret.</summary>
    public sealed record ResourceDeprovisioned(ResourceId Id) : ProviderEvent(Some(Id));

    /// <summary>It went to another installation, under the same id: told to the one that had it.</summary>
    public sealed record ResourceTransferredOut(ResourceId Id, ClaimId Claim, InstallationId To) : ProviderEvent(Some(Id));

    /// <summary>It came from another installation, under the same id: told to the one that has it.</summary>
    public sealed record ResourceTransferredIn(ResourceId Id, ClaimId Claim, InstallationId From, Option<PlanId> Plan) : ProviderEvent(Some(Id));

    /// <summary>Secrets of the resource are in the environment of this project.</summary>
    public sealed record ProjectConnected(ResourceId Id, ProjectId Project) : ProviderEvent(Some(Id));

    public sealed record ProjectDisconnected(ResourceId Id, ProjectId Project) : ProviderEvent(Some(Id));

    /// <summary>Vercel has it.</summary>
    public sealed record InvoiceSubmitted(ExternalInvoiceId Invoice, VercelInvoiceId VercelId) : ProviderEvent(None);

    /// <summary>Vercel does not take it, and nobody is charged until somebody mends it.</summary>
    public sealed record InvoiceRefused(ExternalInvoiceId Invoice, Seq<string> Reasons) : ProviderEvent(None);

    public sealed record InvoicePaid(ExternalInvoiceId Invoice, DateTimeOffset PaidAt) : ProviderEvent(None);

    /// <summary>An attempt to charge it failed; Vercel tries again.</summary>
    public sealed record InvoiceNotPaid(ExternalInvoiceId Invoice, DateTimeOffset FailedAt) : ProviderEvent(None);

    public sealed record InvoiceOverdue(ExternalInvoiceId Invoice) : ProviderEvent(None);

    /// <param name="Amount">Of all refunds of the invoice together.</param>
    public sealed record InvoiceRefunded(ExternalInvoiceId Invoice, Usd Amount, string Reason) : ProviderEvent(None);

    /// <summary>The customer has bought credit.</summary>
    /// <param name="Of">None for the balance of the installation as a whole.</param>
    public sealed record BalancePurchased(Option<ResourceId> Of, VercelInvoiceId Invoice, Usd Amount) : ProviderEvent(Of);

    /// <summary>Less is left than the plan calls low.</summary>
    /// <param name="Of">None for the balance of the installation as a whole.</param>
    public sealed record BalanceLow(Option<ResourceId> Of, Usd Left) : ProviderEvent(Of);

    /// <summary>Nothing is left. What happens then, the plan says.</summary>
    /// <param name="Of">None for the balance of the installation as a whole.</param>
    /// <param name="Left">Zero, or below it.</param>
    public sealed record BalanceEmpty(Option<ResourceId> Of, Usd Left) : ProviderEvent(Of);

    /// <summary>Somebody is no member of the customer's team any more: whoever keeps accounts by Vercel's user ids closes this one.</summary>
    public sealed record MemberRemoved(string UserId) : ProviderEvent(None);
}

/// <summary>What was updated about an installation.</summary>
public enum InstallationPart
{
    /// <summary>The customer installed once more: scopes, policies or the contact may be others.</summary>
    Registration,

    /// <summary>Name or contact of the team.</summary>
    Account,

    /// <summary>What the team lets us do.</summary>
    Scopes,
}
