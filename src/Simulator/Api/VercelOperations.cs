using System.Collections.Immutable;
using Marketplace.Simulator.Balances;
using Marketplace.Simulator.Connections;
using Marketplace.Simulator.Deployments;
using Marketplace.Simulator.Events;
using Marketplace.Simulator.Experimentation;
using Marketplace.Simulator.Installations;
using Marketplace.Simulator.Invoices;
using Marketplace.Simulator.Resources;
using Marketplace.Simulator.Schemas;
using Marketplace.Simulator.Secrets;
using Marketplace.Simulator.SignOn;
using Marketplace.Simulator.Usage;
using static Marketplace.Simulator.Api.VercelOperation;

namespace Marketplace.Simulator.Api;

/// <summary>Every operation that is implemented, in the order of contract §D.</summary>
internal static class VercelOperations
{
    private const string Installation = "/v1/installations/{installationId}";
    private const string Resource = Installation + "/resources/{resourceId}";
    private const string Experimentation = Resource + "/experimentation";
    private const string Checks = "/v1/deployments/{deploymentId}/checks";
    private const string Invoice = Installation + "/billing/invoices/{invoiceId}";

    public static readonly ImmutableArray<VercelOperation> All =
    [
        Patch(Installation, VercelApiSchemas.UpdateInstallation, InstallationOperations.Update),
        Get(Installation + "/account", InstallationOperations.ReadAccount),
        Get(Installation + "/member/{memberId}", InstallationOperations.ReadMember),
        Post(Installation + "/credentials/rotate", VercelApiSchemas.RotateCredentials, CredentialOperations.Rotate),
        Post(Installation + "/credentials/revoke", VercelApiSchemas.RevokeCredentials, CredentialOperations.Revoke),
        Post(Installation + "/events", VercelApiSchemas.CreateEvent, EventOperations.Create),
        Get(Installation + "/resources", ResourceOperations.List),
        Get(Resource, ResourceOperations.Read),
        Put(Resource, VercelApiSchemas.ImportResource, ResourceOperations.Import),
        Patch(Resource, VercelApiSchemas.UpdateResource, ResourceOperations.Update),
        Delete(Resource, ResourceOperations.Delete),
        Put(Resource + "/secrets", VercelApiSchemas.UpdateSecrets, SecretOperations.Update),
        Put(Installation + "/products/{productIdOrSlug}/resources/{resourceId}/secrets", VercelApiSchemas.UpdateSecrets,
            SecretOperations.UpdateOfProduct),
        Post(Installation + "/billing", VercelApiSchemas.SubmitBilling, BillingOperations.Submit),
        Post(Installation + "/billing/invoices", VercelApiSchemas.SubmitInvoice, InvoiceOperations.Submit),
        Get(Invoice, InvoiceOperations.Show),
        Post(Invoice + "/actions", VercelApiSchemas.InvoiceAction, InvoiceOperations.Act),
        Post(Installation + "/billing/finalize", body: null, FinalizationOperations.Finalize),
        Post(Installation + "/billing/balance", VercelApiSchemas.SubmitBalances, BalanceOperations.Submit),
        Post(Experimentation + "/items", ExperimentationSchemas.CreateItems, ExperimentationOperations.Create),
        Patch(Experimentation + "/items/{itemId}", ExperimentationSchemas.UpdateItem, ExperimentationOperations.Update),
        Delete(Experimentation + "/items/{itemId}", ExperimentationOperations.Delete),
        Get(Experimentation + "/global-config", GlobalConfigOperations.Read),
        Head(Experimentation + "/global-config", GlobalConfigOperations.Read),
        Put(Experimentation + "/global-config", ExperimentationSchemas.WriteConfig, GlobalConfigOperations.Write),
        Get(Experimentation + "/edge-config", GlobalConfigOperations.Read),
        Head(Experimentation + "/edge-config", GlobalConfigOperations.Read),
        Put(Experimentation + "/edge-config", ExperimentationSchemas.WriteConfig, GlobalConfigOperations.Write),
        Patch(
            "/v1/deployments/{deploymentId}/integrations/{installationId}/resources/{resourceId}/actions/{action}", DeploymentSchemas.UpdateAction,
            DeploymentOperations.UpdateAction).OfTeam(),
        Get("/v9/projects/{projectIdOrName}", DeploymentOperations.ReadProject).OfTeam(),
        Get("/v13/deployments/{deploymentId}", DeploymentOperations.Read).OfTeam(),
        Get(Checks, CheckOperations.List).OfTeam(),
        Post(Checks, DeploymentSchemas.CreateCheck, CheckOperations.Create).OfTeam(),
        Get(Checks + "/{checkId}", CheckOperations.Read).OfTeam(),
        Patch(Checks + "/{checkId}", DeploymentSchemas.UpdateCheck, CheckOperations.Update).OfTeam(),
        Post(Checks + "/{checkId}/rerequest", body: null, CheckOperations.Rerequest).OfTeam(),
        Post("/v2/projects/{projectIdOrName}/checks", DeploymentSchemas.CreateProjectCheck, CheckRunOperations.Create).OfTeam(),
        Patch("/v2/deployments/{deploymentId}/check-runs/{checkRunId}", DeploymentSchemas.UpdateCheckRun, CheckRunOperations.Update).OfTeam(),
        Post(SignOnOperations.ExchangePath, VercelApiSchemas.ExchangeSignOn, SignOnOperations.Exchange) with { Access = Access.ClientSecret },
        Post("/v2/oauth/access_token", VercelApiSchemas.ExchangeConnection, ConnectionOperations.Exchange) with { Access = Access.ClientSecret },
    ];
}
