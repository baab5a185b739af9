using Marketplace.Simulator.Dashboard;

namespace Marketplace.Simulator.Conformance.Cases;

/// <summary>On what bodies are tried that a provider may take all the same.</summary>
internal static class BodyGround
{
    /// <summary>
    /// The shared target, as long as nothing succeeds on it. An installation of its own for what makes a resource or ends the
    /// installation: a plan may allow one resource only, and what is gone answers nothing.
    /// </summary>
    public static async Task<Tenant> Of(Trial trial, CalledOperation operation)
    {
        if (operation.Operation is not (PartnerOperation.ProvisionResource or PartnerOperation.DeleteInstallation or PartnerOperation.UpsertInstallation))
        {
            return await trial.SharedTarget();
        }

        var installationId = await trial.NewInstallation();
        var product = trial.Offer.Product;
        return new(trial.Customer.Installation(installationId).AccountId, installationId, ResourceId: "", product.Id, product.Plan.Id);
    }

    public static async Task<Exchange> Send(Trial trial, CalledOperation operation, PartnerCall call)
    {
        var exchange = await trial.Send(call);
        if (exchange.IsSuccess && operation.Changes && operation.Operation != PartnerOperation.RunReplCommand)
        {
            trial.ReplaceTarget();
        }

        return exchange;
    }
}
