using System.Text.Json.Nodes;
using Marketplace.Simulator.Dashboard;

namespace Marketplace.Simulator.Conformance;

/// <summary>
/// Every operation of the Partner API, with what has to be there for it to succeed. Reads look at the shared tenant; whatever changes
/// something has a tenant of its own, and Vercel's view changes with it.
/// </summary>
internal static class SuccessfulCalls
{
    public static async Task<Exchange> UpsertInstallation(Trial trial, CallOptions bends) =>
        await trial.Customer.InstallAgain(await trial.NewInstallation(), trial.Cancel, bends);

    public static async Task<Exchange> GetInstallation(Trial trial, CallOptions bends) =>
        await trial.Customer.GetInstallation((await trial.SharedTenant()).InstallationId, trial.Cancel, bends);

    /// <summary>Of nothing, which changes nothing.</summary>
    public static async Task<Exchange> UpdateInstallation(Trial trial, CallOptions bends)
    {
        var installationId = await trial.NewInstallation();
        return await trial.Send(PartnerCalls.UpdateInstallation(installationId, [], trial.AdminToken(installationId)), bends);
    }

    public static async Task<Exchange> DeleteInstallation(Trial trial, CallOptions bends) =>
        await trial.Customer.Uninstall(await trial.NewInstallation(), trial.Cancel, bends);

    public static async Task<Exchange> ProvisionResource(Trial trial, CallOptions bends)
    {
        var installationId = await trial.NewInstallation();
        var product = trial.Offer.Product;
        return await trial.Customer.Provision(
            installationId, product.Id, "conformance", product.Plan.Id, product.Metadata, trial.Cancel, bends);
    }

    public static async Task<Exchange> GetResource(Trial trial, CallOptions bends)
    {
        var tenant = await trial.SharedTenant();
        return await trial.Customer.GetResource(tenant.InstallationId, tenant.ResourceId, trial.Cancel, bends);
    }

    public static async Task<Exchange> UpdateResource(Trial trial, CallOptions bends)
    {
        var tenant = await trial.NewTenant();
        return await trial.Customer.Rename(tenant.InstallationId, tenant.ResourceId, "renamed", trial.Cancel, bends);
    }

    public static async Task<Exchange> DeleteResource(Trial trial, CallOptions bends)
    {
        var tenant = await trial.NewTenant();
        return await trial.Customer.DeleteResource(tenant.InstallationId, tenant.ResourceId, trial.Cancel, bends);
    }

    public static async Task<Exchange> RotateSecrets(Trial trial, CallOptions bends)
    {
        var tenant = await trial.NewTenant();
        return await trial.Customer.Rotate(tenant.InstallationId, tenant.ResourceId, delayHours: 1, trial.Cancel, bends);
    }

    /// <summary>What the commands of a product are, nobody says: a provider may as well answer that this is none.</summary>
    public static async Task<Exchange> RunReplCommand(Trial trial, CallOptions bends)
    {
        var tenant = await trial.SharedTenant();
        return await trial.Customer.RunReplCommand(tenant.InstallationId, tenant.ResourceId, "help", readOnly: null, trial.Cancel, bends);
    }

    public static async Task<Exchange> ListProductPlans(Trial trial, CallOptions bends)
    {
        var tenant = await trial.SharedTenant();
        return await trial.Customer.ProductPlans(tenant.ProductId, trial.Offer.Product.Metadata, trial.Cancel, tenant.InstallationId, bends);
    }

    public static async Task<Exchange> ListResourcePlans(Trial trial, CallOptions bends)
    {
        var tenant = await trial.SharedTenant();
        return await trial.Customer.ResourcePlans(tenant.InstallationId, tenant.ResourceId, metadata: null, trial.Cancel, bends);
    }

    public static async Task<Exchange> ListInstallationPlans(Trial trial, CallOptions bends) =>
        await trial.Customer.InstallationPlans((await trial.SharedTenant()).InstallationId, trial.Cancel, bends);

    /// <summary>The case needs <see cref="Need.PrepaymentPlan"/>.</summary>
    public static async Task<Exchange> ProvisionPurchase(Trial trial, CallOptions bends)
    {
        var (tenant, amount) = await trial.NewPrepaidTenant();
        var (invoice, exchange) = await trial.Customer.Purchase(tenant.InstallationId, tenant.ResourceId, amount, trial.Cancel, bends);
        return exchange ?? throw trial.NotObserved($"Vercel's invoice {invoice.Id} was not paid.");
    }

    public static async Task<Exchange> CreateTransfer(Trial trial, CallOptions bends)
    {
        var tenant = await trial.NewTenant();
        return await trial.Customer.OfferTransfer(tenant.InstallationId, [tenant.ResourceId], trial.Cancel, bends);
    }

    public static async Task<Exchange> VerifyTransfer(Trial trial, CallOptions bends)
    {
        var source = await trial.NewTenant();
        var claimId = await Offered(trial, source);
        return await trial.Customer.VerifyTransfer(await trial.NewInstallation(), claimId, trial.Cancel, bends);
    }

    public static async Task<Exchange> AcceptTransfer(Trial trial, CallOptions bends)
    {
        var source = await trial.NewTenant();
        var claimId = await Offered(trial, source);
        var targetId = await trial.NewInstallation();
        var verified = await trial.Customer.VerifyTransfer(targetId, claimId, trial.Cancel);
        trial.ExpectSuccess(verified);
        return await trial.Customer.AcceptTransfer(source.InstallationId, targetId, [source.ResourceId], claimId, verified, trial.Cancel, bends);
    }

    private static async Task<string> Offered(Trial trial, Tenant source)
    {
        var offered = await trial.Customer.OfferTransfer(source.InstallationId, [source.ResourceId], trial.Cancel);
        trial.ExpectSuccess(offered);
        return offered.Json!.Value.GetProperty("providerClaimId").GetString()!;
    }
}
