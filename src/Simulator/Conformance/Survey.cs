using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Marketplace.Simulator.Dashboard;
using Marketplace.Simulator.Schemas;

namespace Marketplace.Simulator.Conformance;

/// <summary>Looks at what a provider has, by what a customer would do first: install, compare plans, provision.</summary>
internal sealed class Survey(SimulatorServer vercel, ConformanceOptions options, CancellationToken cancel)
{
    private CustomerDashboard Customer => vercel.Dashboard;

    /// <summary>What is there; or why nothing can be tried at all, in a sentence for whoever runs the suite.</summary>
    public async Task<(Offer? Offer, string? Problem)> Look()
    {
        try
        {
            return await LookAround();
        }
        catch (Exception unreadable) when (unreadable is not OperationCanceledException || !cancel.IsCancellationRequested)
        {
            return (null, $"What the provider has could not be seen, as an answer of it cannot be read: {unreadable.GetType().Name}: {unreadable.Message}");
        }
    }

    private async Task<(Offer? Offer, string? Problem)> LookAround()
    {
        var team = Customer.CreateTeam("survey");
        var (installationId, installed) = await Customer.Install(team.AccountId, cancel);
        if (!installed.IsSuccess)
        {
            return (null, $"Nobody can install: PUT {installed.Url} came to {Trial.Told(installed)}. "
                + "Is the provider up, and does it trust this issuer, take its API base URL from here and know this integration id?");
        }

        var products = ImmutableList.CreateBuilder<OfferedProduct>();
        foreach (var product in options.Products)
        {
            var listed = await Customer.ProductPlans(product.Id, product.Example(), cancel, installationId);
            // What is wrong with a plan is told by the cases that are about plans.
            if (listed is not { IsSuccess: true, Json: { } plans } || OfferedPlan.Of(plans) is not { IsEmpty: false } offered)
            {
                return (null, $"The product {product.Id} has no plan to choose: GET {listed.Url.AbsolutePath} came to {Trial.Told(listed)}. "
                    + "The products of the settings must be those of the provider, with metadata that it takes.");
            }

            products.Add(new(product, offered));
        }

        var first = new Offer(products.ToImmutable(), [], Need.None);
        var provisioned = await Customer.Provision(
            installationId, first.Product.Id, "survey", first.Product.Plan.Id, first.Product.Metadata, cancel);
        if (!provisioned.IsSuccess || provisioned.Json?.OptionalText("id") is not { } resourceId)
        {
            return (null, $"No {first.Product.Id} can be provisioned on the plan {first.Product.Plan.Id}: {Trial.Told(provisioned)}.");
        }

        var has = Has(first);
        var missing = await Missing(installationId, resourceId, has.HasFlag(Need.PrepaymentPlan));
        await Customer.Uninstall(installationId, cancel);
        return (first with { Missing = missing, Has = has }, null);
    }

    /// <summary>An operation is left out when its route is unknown to the provider although what it is about is there.</summary>
    private async Task<ImmutableHashSet<PartnerOperation>> Missing(string installationId, string resourceId, bool sellsCredit)
    {
        var system = vercel.Tokens.ForSystem(Customer.Installation(installationId).AccountId, installationId);
        var admin = vercel.Tokens.ForUser(vercel.State.Teams[Customer.Installation(installationId).AccountId].Admin, installationId);
        var transfer = new JsonObject
        {
            ["resourceIds"] = new JsonArray(resourceId),
            ["expiresAt"] = vercel.Clock.GetUtcNow().AddHours(24).ToUnixTimeMilliseconds(),
        };
        var name = new JsonObject { ["name"] = "survey" };
        ImmutableArray<(PartnerOperation Operation, PartnerCall Call)> looks =
        [
            (PartnerOperation.GetInstallation, PartnerCalls.GetInstallation(installationId, system)),
            (PartnerOperation.UpdateInstallation, PartnerCalls.UpdateInstallation(installationId, [], admin)),
            (PartnerOperation.UpdateResource, PartnerCalls.UpdateResource(installationId, resourceId, name, admin)),
            (PartnerOperation.RotateSecrets, PartnerCalls.RotateSecrets(installationId, resourceId, new JsonObject { ["delayOldSecretsExpirationHours"] = 1 }, admin)),
            (PartnerOperation.RunReplCommand, PartnerCalls.RunReplCommand(installationId, resourceId, new JsonObject { ["input"] = "" }, admin)),
            (PartnerOperation.ListResourcePlans, PartnerCalls.ResourcePlans(installationId, resourceId, metadata: null, system)),
            (PartnerOperation.ListInstallationPlans, PartnerCalls.InstallationPlans(installationId, system)),
            // Of nothing: a provider that has the endpoint refuses the body.
            (PartnerOperation.ProvisionPurchase, PartnerCalls.ProvisionPurchase(installationId, [], admin)),
            (PartnerOperation.CreateTransfer, PartnerCalls.CreateTransfer(installationId, transfer, system)),
        ];
        var missing = ImmutableHashSet.CreateBuilder<PartnerOperation>();
        foreach (var (operation, call) in looks)
        {
            var exchange = await vercel.Partner.Call(call, cancel);
            if (exchange.Status is 404 or 405 or 501 && !MayMeanTheInvoice(operation, sellsCredit, exchange))
            {
                missing.Add(operation);
            }
        }

        if (missing.Contains(PartnerOperation.CreateTransfer))
        {
            missing.UnionWith([PartnerOperation.VerifyTransfer, PartnerOperation.AcceptTransfer]);
        }

        return missing.ToImmutable();
    }

    /// <summary>
    /// No invoice was named, so that a 404 in the documented form may say as much. Whoever sells credit has the endpoint; whoever sells none
    /// is not asked about invoices.
    /// </summary>
    private static bool MayMeanTheInvoice(PartnerOperation operation, bool sellsCredit, Exchange exchange) =>
        operation == PartnerOperation.ProvisionPurchase && sellsCredit && exchange is { Status: 404, Json: { } body }
        && SchemaCheck.Faults(PartnerApiSchemas.Error, body).IsEmpty;

    private Need Has(Offer offer)
    {
        var has = Need.None;
        has |= vercel.IsFollowed && vercel.Clock.IsPaused ? Need.VirtualTime : Need.None;
        has |= vercel.Webhook is null ? Need.None : Need.Webhook;
        has |= vercel.RedirectLogin is null ? Need.None : Need.RedirectLogin;
        has |= offer.Product.Console.SecretProbe is null ? Need.None : Need.SecretProbe;
        has |= offer.WithPlan(plan => plan.IsPrepayment) is null ? Need.None : Need.PrepaymentPlan;
        has |= offer.WithPlan(plan => !plan.IsPrepayment) is null ? Need.None : Need.SubscriptionPlan;
        has |= offer.Products.Exists(product => product.Other(product.Plan) is not null) ? Need.TwoPlans : Need.None;
        return has;
    }
}
