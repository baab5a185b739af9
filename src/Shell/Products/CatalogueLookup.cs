using LanguageExt;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Installations;
using Marketplace.Core.Products;
using Marketplace.Core.Resources;
using Marketplace.Jobs.Provisioning;
using Marketplace.Shell.Persistence;

namespace Marketplace.Shell.Products;

/// <summary>What the catalogue says of a resource that exists. A product that was sold must stay in the catalogue.</summary>
internal static class CatalogueLookup
{
    public static ProvisionedResource Provisioned(this Catalogue catalogue, Installation installation, Resource resource)
    {
        var facts = resource.Facts;
        return new ProvisionedResource(
            installation.Id, facts.Id, facts.Product, facts.Name, facts.Metadata, catalogue.PlanOf(installation, resource));
    }

    /// <summary>The resource's own plan or, where there is none, the installation's. What was made elsewhere has none at all.</summary>
    public static Option<BillingPlan> PlanOf(this Catalogue catalogue, Installation installation, Resource resource) =>
        catalogue.PlanOf(installation.OwnPlan, resource);

    /// <summary>The same as it is shown: the plan that was chosen last, from when it counts, and what it costs for what was chosen in the form.</summary>
    public static Option<PlanOffer> OfferOf(this Catalogue catalogue, Installation installation, Resource resource) =>
        catalogue.OfferOf(installation.OwnPlan, resource);

    public static Option<PlanOffer> OfferOf(this Catalogue catalogue, Option<PlanId> ofInstallation, Resource resource)
    {
        var facts = resource.Facts;
        var product = catalogue.Product(facts.Product);
        var waiting = facts.NextPlan.Bind(next => catalogue.ResourcePlan(facts.Product, next.Plan)
            .Map(plan => Offer(plan) with { EffectiveAt = next.EffectiveAt }));
        return waiting || catalogue.PlanOf(ofInstallation, resource).Map(Offer);

        PlanOffer Offer(BillingPlan plan) =>
            product.Match(sold => PlanOffer.Of(plan, sold, facts.Metadata), () => PlanOffer.Of(plan, catalogue));
    }

    /// <summary>A plan that the resource has or had: its own, or one that covered it.</summary>
    public static Option<BillingPlan> PlanOf(this Catalogue catalogue, Resource resource, PlanId plan) =>
        catalogue.ResourcePlan(resource.Facts.Product, plan) | catalogue.InstallationPlan(plan);

    /// <summary>The resource's own plan or, where there is none, that of an installation with this one.</summary>
    public static Option<BillingPlan> PlanOf(this Catalogue catalogue, Option<PlanId> ofInstallation, Resource resource) =>
        resource.Facts.Plan.Match(
            Some: plan => catalogue.PlanOf(resource, plan),
            None: () => resource.Facts.IsOurs ? ofInstallation.Bind(catalogue.InstallationPlan) : Option<BillingPlan>.None);

    public static string ProvisionerOf(this Catalogue catalogue, Resource resource) => catalogue.ProductOf(resource).Provisioner;

    public static Product ProductOf(this Catalogue catalogue, Resource resource) =>
        catalogue.Product(resource.Facts.Product).IfNone(() => throw new CorruptRowException(
            "resource", resource.Id.Value, $"its product '{resource.Facts.Product}' is not in the catalogue any more"));
}
