using Carter;
using Marketplace.Shell.Balances;
using Marketplace.Shell.BillingPlans;
using Marketplace.Shell.Installations;
using Marketplace.Shell.Repl;
using Marketplace.Shell.Resources;
using Marketplace.Shell.Secrets;
using Marketplace.Shell.Transfers;

namespace Marketplace.Shell;

/// <summary>The routes that Vercel calls. Source: contract §B.</summary>
internal sealed class PartnerApi : CarterModule
{
    private const string Installation = "/v1/installations/{installationId}";
    private const string Resource = Installation + "/resources/{resourceId}";
    private const string Transfers = Installation + "/resource-transfer-requests";
    private const string Transfer = Transfers + "/{providerClaimId}";

    public PartnerApi()
    {
        Put(Installation, UpsertInstallationEndpoint.Route);
        Get(Installation, GetInstallationEndpoint.Route);
        Patch(Installation, UpdateInstallationEndpoint.Route);
        Delete(Installation, DeleteInstallationEndpoint.Route);

        Post(Installation + "/resources", ProvisionResourceEndpoint.Route);
        Get(Installation + "/resources", ListResourcesEndpoint.Route);
        Get(Resource, GetResourceEndpoint.Route);
        Patch(Resource, UpdateResourceEndpoint.Route);
        Delete(Resource, DeleteResourceEndpoint.Route);
        Post(Resource + "/secrets/rotate", RotateSecretsEndpoint.Route);

        Post(Resource + "/repl", RunReplCommandEndpoint.Route);

        Post(Installation + "/billing/provision", ProvisionPurchaseEndpoint.Route);

        Post(Transfers, OfferTransferEndpoint.Route);
        Get(Transfer + "/verify", VerifyTransferEndpoint.Route);
        Post(Transfer + "/verify", VerifyTransferEndpoint.Route);
        Post(Transfer + "/accept", AcceptTransferEndpoint.Route);

        Get("/v1/products/{productSlug}/plans", PlanEndpoints.OfProduct);
        Get(Resource + "/plans", PlanEndpoints.OfResource);
        Get(Installation + "/plans", PlanEndpoints.OfInstallation);
    }
}
