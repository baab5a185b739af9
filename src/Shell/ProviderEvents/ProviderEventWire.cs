using System.Diagnostics;
using System.Text.Json;
using Marketplace.Core.Money;
using Marketplace.Core.ProviderEvents;
using Marketplace.Core.Resources;
using Marketplace.Shell.Http;
using Marketplace.Shell.Persistence;
using Marketplace.Shell.Resources;
using static Marketplace.Shell.VercelApi.DecimalString;

namespace Marketplace.Shell.ProviderEvents;

/// <summary>
/// Events by their names, and what each says, as <c>docs/events.md</c> has it. A name keeps its meaning for ever, and its data may only
/// grow: whoever has to break that counts up the version in <see cref="ProviderEventBody"/>.
/// </summary>
internal static class ProviderEventWire
{
    /// <summary>Of nothing that happened.</summary>
    public const string Test = "test";

    public const string Nothing = "{}";

    /// <summary>Every name, for whoever wants to hear some of them alone.</summary>
    public static readonly IReadOnlyList<string> Types =
    [
        "installation.installed", "installation.updated", "installation.plan_changed", "installation.moved_to_team", "installation.uninstalling",
        "installation.finalized",
        "resource.provisioned", "resource.imported", "resource.provisioning_failed", "resource.renamed", "resource.metadata_changed",
        "resource.plan_changed", "resource.plan_scheduled", "resource.scheduled_plan_withdrawn", "resource.suspended", "resource.resumed",
        "resource.secrets_rotated", "resource.uninstalled", "resource.deprovisioned", "resource.transferred_out", "resource.transferred_in",
        "project.connected", "project.disconnected",
        "invoice.submitted", "invoice.refused", "invoice.paid", "invoice.not_paid", "invoice.overdue", "invoice.refunded",
        "balance.purchased", "balance.low", "balance.empty",
        "member.removed",
    ];

    /// <summary>Its name, and its data as JSON.</summary>
    public static (string Type, string Data) Of(ProviderEvent happened)
    {
        var (type, data) = Named(happened);
        return (type, JsonSerializer.Serialize(data, WireJson.Options));
    }

    private static (string Type, object Data) Named(ProviderEvent happened) =>
        happened switch
        {
            ProviderEvent.InstallationInstalled e => ("installation.installed", new { accountId = e.Account.Value, planId = e.Plan.OrNull()?.Value }),
            ProviderEvent.InstallationUpdated e => ("installation.updated", new { updated = Name(e.Part) }),
            ProviderEvent.InstallationPlanChanged e => ("installation.plan_changed", new { previousPlanId = e.From.OrNull()?.Value, planId = e.To.Value }),
            ProviderEvent.InstallationMovedToTeam e => ("installation.moved_to_team", new { previousAccountId = e.From.Value, accountId = e.To.Value }),
            ProviderEvent.InstallationUninstalling e => ("installation.uninstalling", new { reason = e.Reason }),
            ProviderEvent.InstallationFinalized => ("installation.finalized", new { }),

            ProviderEvent.ResourceProvisioned e =>
                ("resource.provisioned", new { resourceId = e.Id.Value, productId = e.Product.Value, planId = e.Plan.OrNull()?.Value }),
            ProviderEvent.ResourceImported e => ("resource.imported", new
            {
                resourceId = e.Id.Value, productId = e.Product.Value, ownership = Ownerships.NameOf(e.Ownership),
                externalReference = Ownerships.ReferenceOf(e.Ownership),
            }),
            ProviderEvent.ResourceProvisioningFailed e => ("resource.provisioning_failed", new { resourceId = e.Id.Value, reason = e.Reason }),
            ProviderEvent.ResourceRenamed e => ("resource.renamed", new { resourceId = e.Id.Value, previousName = e.From, name = e.To }),
            ProviderEvent.ResourceMetadataChanged e => ("resource.metadata_changed", new { resourceId = e.Id.Value }),
            ProviderEvent.ResourcePlanChanged e => ("resource.plan_changed", new
            {
                resourceId = e.Id.Value, previousPlanId = e.From.OrNull()?.Value, planId = e.To.OrNull()?.Value,
            }),
            ProviderEvent.ResourcePlanScheduled e =>
                ("resource.plan_scheduled", new { resourceId = e.Id.Value, planId = e.Plan.Value, effectiveAt = e.EffectiveAt.UtcDateTime }),
            ProviderEvent.ResourceScheduledPlanWithdrawn e =>
                ("resource.scheduled_plan_withdrawn", new { resourceId = e.Id.Value, planId = e.Plan.Value }),
            ProviderEvent.ResourceSuspended e =>
                ("resource.suspended", new { resourceId = e.Id.Value, cause = Suspensions.Name(e.Cause), reason = e.Reason }),
            ProviderEvent.ResourceResumed e => ("resource.resumed", new { resourceId = e.Id.Value, cause = Suspensions.Name(e.Cause) }),
            ProviderEvent.ResourceSecretsRotated e =>
                ("resource.secrets_rotated", new { resourceId = e.Id.Value, previousExpireAt = e.PreviousExpireAt.UtcDateTime }),
            ProviderEvent.ResourceUninstalled e => ("resource.uninstalled", new { resourceId = e.Id.Value }),
            ProviderEvent.ResourceDeprovisioned e => ("resource.deprovisioned", new { resourceId = e.Id.Value }),
            ProviderEvent.ResourceTransferredOut e =>
                ("resource.transferred_out", new { resourceId = e.Id.Value, claimId = e.Claim.Value, toInstallationId = e.To.Value }),
            ProviderEvent.ResourceTransferredIn e => ("resource.transferred_in", new
            {
                resourceId = e.Id.Value, claimId = e.Claim.Value, fromInstallationId = e.From.Value, planId = e.Plan.OrNull()?.Value,
            }),

            ProviderEvent.ProjectConnected e => ("project.connected", new { resourceId = e.Id.Value, projectId = e.Project.Value }),
            ProviderEvent.ProjectDisconnected e => ("project.disconnected", new { resourceId = e.Id.Value, projectId = e.Project.Value }),

            ProviderEvent.InvoiceSubmitted e => ("invoice.submitted", new { invoiceId = e.Invoice.Value, vercelInvoiceId = e.VercelId.Value }),
            ProviderEvent.InvoiceRefused e => ("invoice.refused", new { invoiceId = e.Invoice.Value, reasons = e.Reasons.ToArray() }),
            ProviderEvent.InvoicePaid e => ("invoice.paid", new { invoiceId = e.Invoice.Value, paidAt = e.PaidAt.UtcDateTime }),
            ProviderEvent.InvoiceNotPaid e => ("invoice.not_paid", new { invoiceId = e.Invoice.Value, failedAt = e.FailedAt.UtcDateTime }),
            ProviderEvent.InvoiceOverdue e => ("invoice.overdue", new { invoiceId = e.Invoice.Value }),
            ProviderEvent.InvoiceRefunded e =>
                ("invoice.refunded", new { invoiceId = e.Invoice.Value, amount = Amount(e.Amount), reason = e.Reason }),

            ProviderEvent.BalancePurchased e => ("balance.purchased", new
            {
                resourceId = e.Of.OrNull()?.Value, vercelInvoiceId = e.Invoice.Value, amount = Amount(e.Amount),
            }),
            ProviderEvent.BalanceLow e => ("balance.low", new { resourceId = e.Of.OrNull()?.Value, balance = Amount(e.Left) }),
            ProviderEvent.BalanceEmpty e => ("balance.empty", new { resourceId = e.Of.OrNull()?.Value, balance = Amount(e.Left) }),

            ProviderEvent.MemberRemoved e => ("member.removed", new { userId = e.UserId }),
            _ => throw new UnreachableException(happened.GetType().Name),
        };

    private static string Name(InstallationPart part) =>
        part switch
        {
            InstallationPart.Registration => "registration",
            InstallationPart.Account => "account",
            InstallationPart.Scopes => "scopes",
            _ => throw new UnreachableException(part.ToString()),
        };
}
