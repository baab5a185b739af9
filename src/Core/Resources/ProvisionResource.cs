using System.Diagnostics;
using LanguageExt;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Installations;
using Marketplace.Core.Products;
using static LanguageExt.Prelude;

namespace Marketplace.Core.Resources;

/// <summary>The request to provision, with every field good in itself. Source: contract §B.2.</summary>
/// <param name="Plan">Of the resource, or of the whole installation: the one that goes on when none is asked for.</param>
public sealed record ProvisionResource(
    Product Product,
    Option<BillingPlan> Plan,
    string Name,
    Map<string, MetadataValue> Metadata,
    Option<string> ExternalId,
    Option<string> EdgeConfigId)
{
    /// <summary>The request, or every field that is wrong: unknown product or plan, name, metadata by its property.</summary>
    public static Validation<FieldError, ProvisionResource> Parse(
        ProvisionRequest asked, Catalogue catalogue, Installation installation) =>
        asked.ProductId.Bind(id => catalogue.Product(new ProductId(id))).Match(
            Some: product =>
                (ParsePlan(asked.BillingPlanId, product, catalogue, installation),
                 ResourceName.Parse(asked.Name, product.NameLimits),
                 product.Metadata.Create(asked.Metadata))
                .Apply((plan, name, metadata) =>
                    new ProvisionResource(product, plan, name, metadata, asked.ExternalId, asked.EdgeConfigId)),
            None: () =>
                (UnknownProduct(asked.ProductId), ResourceName.Parse(asked.Name, None), MetadataSchema.Nothing.Create(asked.Metadata))
                .Apply((never, _, _) => never));

    /// <summary>The birth of a resource, and what it does to its installation; or why not.</summary>
    /// <param name="resourcesOnPlan">How many resources of the installation have this plan now, the uninstalled ones left out.</param>
    /// <param name="isUnpaid">Whether an invoice of the installation could not be charged.</param>
    /// <param name="id">Of the new resource.</param>
    public Either<ProvisioningRejection, Provisioned> Decide(
        Installation installation, int resourcesOnPlan, bool isUnpaid, ResourceId id, DateTimeOffset now) =>
        installation switch
        {
            Installation.Uninstalling going => new ProvisioningRejection.InstallationBeingUninstalled(going.Id),
            Installation.Finalized gone => new ProvisioningRejection.InstallationFinalized(gone.Id),
            Installation.Active active => Refusal(active, resourcesOnPlan, isUnpaid).Match<Either<ProvisioningRejection, Provisioned>>(
                Some: rejection => rejection,
                None: () => new Provisioned(
                    ResourceTransitions.Request(Profile(id, now)),
                    PlanOf(PlanScope.Installation).Match(
                        plan => Switched(active, plan, now), () => new Transition<Installation, InstallationEvent>(active, Empty)))),
            _ => throw new UnreachableException(installation.GetType().Name),
        };

    /// <summary>The plan that the installation has already is no choice, and needs nothing but room.</summary>
    private Option<ProvisioningRejection> Refusal(Installation.Active installation, int resourcesOnPlan, bool isUnpaid) =>
        Plan.Bind<ProvisioningRejection>(plan => plan.Scope == PlanScope.Installation && installation.Plan.IsNone
            ? new ProvisioningRejection.InstallationBilledPerResource(installation.Id, plan.Id)
            : (installation.Plan == Some(plan.Id)
                ? PlanHindrance.OfRoom(plan, max => resourcesOnPlan >= max)
                : PlanHindrance.Of(plan, isUnpaid, max => resourcesOnPlan >= max))
                .Map<ProvisioningRejection>(by => new ProvisioningRejection.PlanHindered(plan.Id, by)));

    private ResourceProfile Profile(ResourceId id, DateTimeOffset now) =>
        new(id, Product.Id, Name, Metadata, PlanOf(PlanScope.Resource), ExternalId, EdgeConfigId, now);

    private Option<PlanId> PlanOf(PlanScope scope) => Plan.Filter(plan => plan.Scope == scope).Map(plan => plan.Id);

    /// <summary>A plan for the whole installation takes it over with this call (contract §B.2).</summary>
    private static Transition<Installation, InstallationEvent> Switched(Installation.Active installation, PlanId plan, DateTimeOffset now) =>
        InstallationTransitions.Apply(installation, new InstallationCommand.ChangePlan(plan), now).Match(
            Right: transition => transition,
            Left: rejection => throw new UnreachableException($"Refused before: {rejection.GetType().Name}"));

    private static Validation<FieldError, Option<BillingPlan>> ParsePlan(
        Option<string> id, Product product, Catalogue catalogue, Installation installation) =>
        id.Match<Validation<FieldError, Option<BillingPlan>>>(
            Some: text =>
                (product.Plan(new PlanId(text)) || catalogue.InstallationPlan(new PlanId(text)))
                    .Match<Validation<FieldError, Option<BillingPlan>>>(
                        plan => Some(plan), () => new FieldError("billingPlanId", $"{product.Name} has no plan of that id.")),
            None: () => installation is Installation.Active { Plan: { IsSome: true } own }
                ? own.Bind(catalogue.InstallationPlan)
                : new FieldError("billingPlanId", "A plan is required."));

    private static Validation<FieldError, ProvisionResource> UnknownProduct(Option<string> id) =>
        new FieldError("productId", id.IsSome ? "There is no product of that id." : "A product is required.");
}

/// <summary>What was sent, before anything is known of it.</summary>
public sealed record ProvisionRequest(
    Option<string> ProductId,
    Option<string> Name,
    SentMetadata Metadata,
    Option<string> BillingPlanId,
    Option<string> ExternalId,
    Option<string> EdgeConfigId);

/// <summary>A resource that begins, and its installation as it is then: both are stored, or neither.</summary>
public sealed record Provisioned(
    Transition<Resource, ResourceEvent> Resource, Transition<Installation, InstallationEvent> Installation);
