using System.Diagnostics;
using LanguageExt;
using Marketplace.Core.Balances;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Installations;
using Marketplace.Core.Invoices;
using Marketplace.Core.Money;
using Marketplace.Core.Resources;
using Marketplace.Core.Secrets;
using static LanguageExt.Prelude;

namespace Marketplace.Core.ProviderEvents;

/// <summary>What of all that happens the provider's backend hears. None: it is nobody's business but ours and Vercel's.</summary>
public static class ProviderNews
{
    public static Option<ProviderEvent> Of(InstallationEvent happened) =>
        happened switch
        {
            InstallationEvent.Installed e => new ProviderEvent.InstallationInstalled(e.AccountId, e.Plan),
            InstallationEvent.Registered => new ProviderEvent.InstallationUpdated(InstallationPart.Registration),
            InstallationEvent.AccountChanged => new ProviderEvent.InstallationUpdated(InstallationPart.Account),
            InstallationEvent.ScopesChanged => new ProviderEvent.InstallationUpdated(InstallationPart.Scopes),
            InstallationEvent.MovedToTeam e => new ProviderEvent.InstallationMovedToTeam(e.From, e.To),
            InstallationEvent.PlanChanged e => new ProviderEvent.InstallationPlanChanged(e.From, e.To),
            InstallationEvent.UninstallRequested e => new ProviderEvent.InstallationUninstalling(e.Reason),
            InstallationEvent.Finalized => new ProviderEvent.InstallationFinalized(),
            InstallationEvent.Notified => None,
            _ => throw new UnreachableException(happened.GetType().Name),
        };

    public static Option<ProviderEvent> Of(ResourceEvent happened) =>
        happened switch
        {
            ResourceEvent.BecameReady { Ownership: ResourceOwnership.Owned } e => new ProviderEvent.ResourceProvisioned(e.Id, e.Product, e.Plan),
            ResourceEvent.BecameReady e => new ProviderEvent.ResourceImported(e.Id, e.Product, e.Ownership),
            ResourceEvent.ProvisioningFailed e => new ProviderEvent.ResourceProvisioningFailed(e.Id, e.Reason),
            ResourceEvent.Renamed e => new ProviderEvent.ResourceRenamed(e.Id, e.From, e.To),
            ResourceEvent.MetadataChanged e => new ProviderEvent.ResourceMetadataChanged(e.Id),
            ResourceEvent.PlanChanged e => new ProviderEvent.ResourcePlanChanged(e.Id, e.From, e.To),
            ResourceEvent.CameUnderInstallation e => new ProviderEvent.ResourcePlanChanged(e.Id, e.From, None),
            ResourceEvent.PlanScheduled e => new ProviderEvent.ResourcePlanScheduled(e.Id, e.Plan, e.EffectiveAt),
            ResourceEvent.ScheduledPlanWithdrawn e => new ProviderEvent.ResourceScheduledPlanWithdrawn(e.Id, e.Plan),
            ResourceEvent.Suspended e => new ProviderEvent.ResourceSuspended(e.Id, e.Cause, e.Reason),
            ResourceEvent.Resumed e => new ProviderEvent.ResourceResumed(e.Id, e.Cause),
            ResourceEvent.Uninstalled e => new ProviderEvent.ResourceUninstalled(e.Id),
            // Asked for, and not there yet; or still suspended; or told by the provider, who knows; or told to the customer alone.
            ResourceEvent.ProvisioningRequested or ResourceEvent.ImportRequested or ResourceEvent.OnboardingAwaited or ResourceEvent.Onboarded
                or ResourceEvent.SuspensionEased or ResourceEvent.FaultReported or ResourceEvent.Recovered or ResourceEvent.OptedInToExperiments or ResourceEvent.Notified => None,
            _ => throw new UnreachableException(happened.GetType().Name),
        };

    public static Option<ProviderEvent> Of(SecretEvent happened) =>
        happened switch
        {
            SecretEvent.Rotated e => new ProviderEvent.ResourceSecretsRotated(e.Resource, e.PreviousExpireAt),
            SecretEvent.Minted or SecretEvent.Ended or SecretEvent.Pushed => None,
            _ => throw new UnreachableException(happened.GetType().Name),
        };

    public static Option<ProviderEvent> Of(InvoiceEvent happened) =>
        happened switch
        {
            InvoiceEvent.Accepted e => new ProviderEvent.InvoiceSubmitted(e.Id, e.VercelId),
            InvoiceEvent.Refused e => new ProviderEvent.InvoiceRefused(e.Id, e.Reasons),
            InvoiceEvent.Paid e => new ProviderEvent.InvoicePaid(e.Id, e.PaidAt),
            InvoiceEvent.PaymentFailed e => new ProviderEvent.InvoiceNotPaid(e.Id, e.FailedAt),
            InvoiceEvent.BecameOverdue e => new ProviderEvent.InvoiceOverdue(e.Id),
            InvoiceEvent.Refunded e => new ProviderEvent.InvoiceRefunded(e.Id, e.Amount, e.Reason),
            // Steps on the way to Vercel, and what Vercel has not done yet.
            InvoiceEvent.Drafted or InvoiceEvent.Skipped or InvoiceEvent.Submitted or InvoiceEvent.FoundThere
                or InvoiceEvent.RefundRequested or InvoiceEvent.Completed => None,
            _ => throw new UnreachableException(happened.GetType().Name),
        };

    public static Option<ProviderEvent> Of(BalanceEvent happened) =>
        happened switch
        {
            BalanceEvent.Credited e => new ProviderEvent.BalancePurchased(e.Resource, e.Invoice, e.Amount),
            // The provider's own doing, and what is told when it matters.
            BalanceEvent.Adjusted or BalanceEvent.Burnt => None,
            _ => throw new UnreachableException(happened.GetType().Name),
        };

    /// <summary>What falls is told once when it is low, and once when nothing is left.</summary>
    /// <param name="before">How the same balances stood before something was taken from them.</param>
    public static Seq<ProviderEvent> OfFall(Seq<WatchedBalance> before, Seq<WatchedBalance> after) =>
        after.Bind(now => before.Find(was => was.Subject == now.Subject).Bind(was => OfFall(was, now)).ToSeq()).Strict();

    private static Option<ProviderEvent> OfFall(WatchedBalance before, WatchedBalance after)
    {
        var (was, left) = (before.Standing.Amount, after.Standing.Amount);
        return was > Usd.Zero && left <= Usd.Zero ? new ProviderEvent.BalanceEmpty(after.Resource, left)
            : after.Stage is BalanceStage.Low && before.Stage is BalanceStage.Fine ? new ProviderEvent.BalanceLow(after.Resource, left)
            : None;
    }
}
