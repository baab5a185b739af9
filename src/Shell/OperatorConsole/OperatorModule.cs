using Carter;
using Marketplace.Shell.OperatorConsole.Audit;
using Marketplace.Shell.OperatorConsole.Billing;
using Marketplace.Shell.OperatorConsole.CatalogueAsSold;
using Marketplace.Shell.OperatorConsole.Drift;
using Marketplace.Shell.OperatorConsole.Installations;
using Marketplace.Shell.OperatorConsole.Jobs;
using Marketplace.Shell.OperatorConsole.Outbox;
using Marketplace.Shell.OperatorConsole.Overview;
using Marketplace.Shell.OperatorConsole.ProviderEvents;
using Marketplace.Shell.OperatorConsole.Resources;
using Marketplace.Shell.OperatorConsole.Runbook;
using Marketplace.Shell.OperatorConsole.SignIn;
using Marketplace.Shell.OperatorConsole.Webhooks;

namespace Marketplace.Shell.OperatorConsole;

/// <summary>The routes that operators' browsers open: the way in, and the pages behind it. Each family has its own lines.</summary>
internal sealed class OperatorModule : CarterModule
{
    private const string Installation = InstallationDetail.List + "/{installationId}";
    private const string Resource = ResourceList.Address + "/{installationId}/{resourceId}";

    public OperatorModule()
    {
        Get(OperatorPaths.SignIn, SignInEndpoints.Show);
        Post(OperatorPaths.SignIn, SignInEndpoints.Take);
        Get(OidcEndpoints.BeginPath, OidcEndpoints.Begin);
        Get(OidcHandler.Callback, OidcEndpoints.Complete);
        Get(OperatorPaths.SignedOut, OperatorSessionEndpoints.SignedOut);
        Get(OperatorPaths.Session, OperatorSessionEndpoints.Show);
        Post(OperatorPaths.Session + "/sign-out", OperatorSessionEndpoints.SignOut);
        Post(OperatorPaths.Session + "/sign-out-everywhere", OperatorSessionEndpoints.SignOutEverywhere);

        Get(JobPaths.Root, ListJobsEndpoint.Route);
        Get(JobPaths.One, ShowJobEndpoint.Route);
        Post(JobPaths.One + "/run", JobActionEndpoints.Run);
        Post(JobPaths.One + "/pause", JobActionEndpoints.Pause);
        Post(JobPaths.One + "/resume", JobActionEndpoints.Resume);

        Get(OperatorPaths.Root, OverviewEndpoint.Route);
        Get(OperatorPaths.Audit, AuditPageEndpoint.Route);
        Get(OperatorPaths.Runbook, RunbookEndpoint.Route);

        Get(InstallationDetail.List, InstallationList.Route);
        Get(Installation, InstallationDetail.Route);
        Post(Installation + "/resync", InstallationActions.Resync);
        Post(Installation + "/notification", InstallationActions.Tell);
        Post(Installation + "/notification/clear", InstallationActions.TakeBack);

        Get(ResourceList.Address, ResourceList.Route);
        Get(Resource, ResourceDetail.Route);
        Post(Resource + "/resync", ResourceActions.Resync);
        Post(Resource + "/notification", ResourceActions.Tell);
        Post(Resource + "/notification/clear", ResourceActions.TakeBack);
        Post(Resource + "/suspend", ResourceActions.Suspend);
        Post(Resource + "/resume", ResourceActions.Resume);

        Get(OutboxPaths.Root, OutboxPages.List);
        Post(OutboxPaths.Chosen, OutboxActions.Chosen);
        Post(OutboxPaths.Found, OutboxActions.Found);
        Get(OutboxPaths.Root + "/{installationId}/{sequence:long}", OutboxPages.One);
        Post(OutboxPaths.Root + "/{installationId}/{sequence:long}/replay", OutboxActions.One);

        Get(WebhookPaths.Root, WebhookPages.List);
        Post(WebhookPaths.Chosen, WebhookActions.Chosen);
        Post(WebhookPaths.Found, WebhookActions.Found);
        Get(WebhookPaths.Root + "/{installationId}/{webhookId}", WebhookPages.One);
        Post(WebhookPaths.Root + "/{installationId}/{webhookId}/replay", WebhookActions.One);

        Get(EventPaths.Root, EventPages.List);
        Post(EventPaths.Chosen, EventActions.Chosen);
        Post(EventPaths.Found, EventActions.Found);
        Post(EventPaths.Test, EventActions.Test);
        Get(EventPaths.Root + "/{eventId}", EventPages.One);
        Post(EventPaths.Root + "/{eventId}/replay", EventActions.One);

        Get(DriftPaths.Root, DriftPages.List);
        Get(DriftPaths.Root + "/{installationId}", DriftPages.One);
        Post(DriftPaths.Root + "/{installationId}/compare", DriftActions.Compare);
        Post(DriftPaths.Root + "/{installationId}/resync", DriftActions.Mend);

        Get(CataloguePaths.Root, CataloguePages.Whole);
        Get(CataloguePaths.Plan, CataloguePages.One);

        Get(BillingPaths.Root, LedgerEndpoint.Route);
        Get(BillingPaths.Slots, SlotEndpoints.List);
        Post(BillingPaths.Slots + "/{installationId}/{hour}/resend", SlotEndpoints.Resend);
        Get(BillingPaths.Waiting, SlotEndpoints.Waiting);
        Get(BillingPaths.Invoices, OperatorInvoiceEndpoints.List);
        Get(BillingPaths.Invoices + "/{installationId}/{invoiceId}", OperatorInvoiceEndpoints.One);
        Post(BillingPaths.Invoices + "/{installationId}/{invoiceId}/refund", OperatorInvoiceEndpoints.Refund);
        Post(BillingPaths.Invoices + "/{installationId}/{invoiceId}/redraft", OperatorInvoiceEndpoints.Redraft);
        Get(BillingPaths.Statements + "/{installationId}", OperatorStatementEndpoints.Periods);
        Get(BillingPaths.Statements + "/{installationId}/{period}", OperatorStatementEndpoints.One);
        Get(BillingPaths.Statements + "/{installationId}/{period}/download", OperatorStatementEndpoints.Download);
        Get(BillingPaths.Balances, OperatorBalanceEndpoints.List);
        Get(BillingPaths.Balances + "/{installationId}", OperatorBalanceEndpoints.OfOne);
        Post(BillingPaths.Balances + "/{installationId}/adjust", OperatorBalanceEndpoints.Adjust);
        Get(BillingPaths.Revenue, RevenueEndpoint.Route);
    }
}
