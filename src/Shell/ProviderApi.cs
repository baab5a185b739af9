using Carter;
using Marketplace.Shell.Audit;
using Marketplace.Shell.Balances;
using Marketplace.Shell.Billing;
using Marketplace.Shell.Connections;
using Marketplace.Shell.Credentials;
using Marketplace.Shell.Drift;
using Marketplace.Shell.Experiments;
using Marketplace.Shell.Imports;
using Marketplace.Shell.Installations;
using Marketplace.Shell.Invoices;
using Marketplace.Shell.Notifications;
using Marketplace.Shell.Outbox;
using Marketplace.Shell.Projects;
using Marketplace.Shell.ProviderEvents;
using Marketplace.Shell.ProviderKeys;
using Marketplace.Shell.Provisioning.Keys;
using Marketplace.Shell.Refunds;
using Marketplace.Shell.Resources;
using Marketplace.Shell.Resync;
using Marketplace.Shell.Secrets;
using Marketplace.Shell.Statements;
using Marketplace.Shell.Transfers;
using Marketplace.Shell.UsageEvents;
using Marketplace.Shell.Webhooks;

namespace Marketplace.Shell;

/// <summary>The routes that the provider's own backend calls, with a key that has the scope. Its refusals are problem details (RFC 9457).</summary>
internal sealed class ProviderApi : CarterModule
{
    public const string Root = "/provider";

    public const string V1 = Root + "/v1";
    private const string Installation = V1 + "/installations/{installationId}";
    private const string Resource = Installation + "/resources/{resourceId}";
    private const string Invoices = Installation + "/invoices";
    private const string Invoice = Invoices + "/{externalId}";

    private const string Flags = Resource + "/flags";

    private const string Webhooks = Installation + "/webhooks";

    private const string Statements = Installation + "/statements";

    public ProviderApi()
    {
        Get(V1 + "/key", GetKeyEndpoint.Route);
        Post(V1 + "/keys/verify", VerifyKeyEndpoint.Route);
        Get(V1 + "/connections", ListConnectionsEndpoint.Route);

        Get(V1 + "/installations", ProviderInstallationEndpoints.List);
        Get(Installation, ProviderInstallationEndpoints.One);
        Get(V1 + "/resources", ReadResourceEndpoints.ListAnywhere);
        Get(Installation + "/resources", ReadResourceEndpoints.ListOfInstallation);
        Get(Resource, ReadResourceEndpoints.One);
        Get(Installation + "/transfers", ListTransfersEndpoint.Route);
        Get(Installation + "/balances", BalanceEndpoints.List);
        Get(Installation + "/balances/{balance}/ledger", BalanceEndpoints.Ledger);
        Get(Installation + "/audit", AuditEndpoints.OfInstallation);
        Get(Resource + "/audit", AuditEndpoints.OfResource);

        Get(Invoices, ProviderInvoiceEndpoints.List);
        Post(Invoices, ChargeOnceEndpoint.Route);
        Get(Invoice, ProviderInvoiceEndpoints.One);
        Post(Invoice + "/refunds", RequestRefundEndpoint.Route);
        Post(Installation + "/imports", ImportResourceEndpoint.Route);
        Get(Installation + "/balances/adjustments", AdjustmentEndpoints.List);
        Post(Installation + "/balances/adjustments", AdjustmentEndpoints.Adjust);
        Post(Installation + "/plan", ChangeInstallationPlanEndpoint.Route);
        Patch(Resource, ProviderResourceEndpoints.Rename);
        Put(Resource + "/status", ProviderResourceEndpoints.SetStatus);
        Post(Resource + "/plan", ProviderResourceEndpoints.ChangePlan);
        Post(Resource + "/suspend", ProviderResourceEndpoints.Suspend);
        Post(Resource + "/resume", ProviderResourceEndpoints.Resume);
        Post(Resource + "/delete", ProviderResourceEndpoints.Delete);
        Put(Resource + "/secrets", ProviderSecretsEndpoints.Push);
        Post(Resource + "/rotate", ProviderSecretsEndpoints.Rotate);
        Get(Resource + "/projects", ListProjectsEndpoint.Route);
        Get(Flags, FlagEndpoints.List);
        Get(Flags + "/{flag}", FlagEndpoints.One);
        Put(Flags + "/{flag}", FlagEndpoints.Set);
        Delete(Flags + "/{flag}", FlagEndpoints.Delete);
        Post(Flags + "/sync", FlagEndpoints.Sync);
        Post(V1 + "/usage/events", ReportUsageEndpoint.Route);
        Get(Installation + "/billing", GetBillingEndpoint.Route);
        Get(Statements, StatementEndpoints.List);
        Get(Statements + "/{period}", StatementEndpoints.One);

        Get(V1 + "/outbox", OutboxEndpoints.ListAnywhere);
        Get(Installation + "/outbox", OutboxEndpoints.ListOfInstallation);
        Get(Installation + "/outbox/{sequence:long}", OutboxEndpoints.One);
        Post(Installation + "/outbox/replay", OutboxEndpoints.Replay);

        Get(V1 + "/webhooks", WebhookListEndpoints.ListAnywhere);
        Get(Webhooks, WebhookListEndpoints.ListOfInstallation);
        Get(Webhooks + "/{webhookId}", WebhookListEndpoints.One);
        Post(Webhooks + "/replay", WebhookListEndpoints.Replay);

        Get(V1 + "/events", ProviderEventEndpoints.ListAnywhere);
        Get(V1 + "/events/{eventId}", ProviderEventEndpoints.OneAnywhere);
        Post(V1 + "/events/test", ProviderEventEndpoints.Test);
        Get(Installation + "/events", ProviderEventEndpoints.ListOfInstallation);
        Get(Installation + "/events/{eventId}", ProviderEventEndpoints.One);
        Post(Installation + "/events/replay", ProviderEventEndpoints.Replay);

        Post(Installation + "/credentials/rotate", RotateCredentialsEndpoint.Route);
        Get(Installation + "/drift", GetDriftEndpoint.Route);
        Post(Installation + "/resync", ResyncEndpoints.Installation);
        Post(Resource + "/resync", ResyncEndpoints.Resource);

        Put(Installation + "/notification", NotificationEndpoints.TellInstallation);
        Delete(Installation + "/notification", NotificationEndpoints.ClearInstallation);
        Put(Resource + "/notification", NotificationEndpoints.TellResource);
        Delete(Resource + "/notification", NotificationEndpoints.ClearResource);
    }
}
