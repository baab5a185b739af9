using LanguageExt;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Installations;
using Marketplace.Core.Products;
using Marketplace.Core.Time;
using static LanguageExt.Prelude;

namespace Marketplace.Core.Resources;

/// <summary>The request to change a resource, with every field good in itself. What is absent stays. Source: contract §B.2, §E.3.</summary>
/// <param name="Metadata">All of it, as it will be.</param>
/// <param name="Plan">Of the resource, or of the whole installation: then the resource comes under it, and the installation has it.</param>
public sealed record UpdateResource(
    Option<string> Name, Option<Map<string, MetadataValue>> Metadata, Option<BillingPlan> Plan, Option<string> EdgeConfigId)
{
    /// <summary>The plan that the resource has now runs out first, as the catalogue says.</summary>
    public bool PlanWaits { get; init; }

    /// <summary>What Vercel says that it is. Deprecated (contract §B.2): it tells nothing new, and changes nothing.</summary>
    public Option<string> Status { get; init; }

    /// <summary>The request, or every field that is wrong.</summary>
    /// <param name="current">The resource as it is now: what its form locks cannot be changed.</param>
    public static Validation<FieldError, UpdateResource> Parse(UpdateRequest asked, Product product, Catalogue catalogue, Resource current) =>
        (ParseName(asked.Name, product, current),
         ParseMetadata(asked.Metadata, product, current),
         ParsePlan(asked.BillingPlanId, product, catalogue),
         ParseStatus(asked.Status))
            .Apply((name, metadata, plan, status) => new UpdateResource(name, metadata, plan, asked.EdgeConfigId)
            {
                PlanWaits = plan.Exists(next => current.Facts.Plan.Bind(product.Plan).Exists(now => now.ChangesAtPeriodEnd.Exists(next.Id.IsVersionOf))),
                Status = status,
            });

    /// <summary>Does all that was asked, or nothing.</summary>
    /// <param name="resourcesOnPlan">How many other resources of the installation have the new plan now, or come under it.</param>
    /// <param name="isUnpaid">Whether an invoice of the installation could not be charged.</param>
    public Either<ResourceRejection, Updated> Decide(
        Resource current, Installation installation, int resourcesOnPlan, bool isUnpaid, DateTimeOffset now) =>
        Switched(installation, now).Bind(switched => (OtherStatus(current) || OfTheOwners(current) || Refusal(current, installation, resourcesOnPlan, isUnpaid)).Match(
            refusal => refusal,
            () => ResourceTransitions.ApplyAll(current, Commands(installation.Anchor, now), now).Map(changed => new Updated(changed, switched))));

    /// <summary>A plan for the whole installation takes it over with this call, as a provision does (contract §B.2).</summary>
    private Either<ResourceRejection, Transition<Installation, InstallationEvent>> Switched(Installation installation, DateTimeOffset now) =>
        Plan.Filter(plan => plan.Scope == PlanScope.Installation).Match(
            plan => InstallationTransitions.Apply(installation, new InstallationCommand.ChangePlan(plan.Id), now)
                .MapLeft<ResourceRejection>(why => new ResourceRejection.InstallationRefuses(why)),
            () => new Transition<Installation, InstallationEvent>(installation, Empty));

    private Seq<ResourceCommand> Commands(BillingAnchor anchor, DateTimeOffset now) =>
        (Name.Map<ResourceCommand>(name => new ResourceCommand.Rename(name)).ToSeq()
            + Metadata.Map<ResourceCommand>(metadata => new ResourceCommand.ChangeMetadata(metadata)).ToSeq()
            + Plan.Map<ResourceCommand>(plan =>
                plan.Scope == PlanScope.Installation ? new ResourceCommand.ComeUnderInstallation()
                : PlanWaits ? new ResourceCommand.SchedulePlan(new NextPlan(plan.Id, BillingPeriod.Containing(now, anchor).End))
                : new ResourceCommand.ChangePlan(plan.Id)).ToSeq()
            + EdgeConfigId.Map<ResourceCommand>(id => new ResourceCommand.OptInToExperiments(id)).ToSeq()).Strict();

    private Option<ResourceRejection> OtherStatus(Resource current) =>
        Status.Filter(asked => asked != ResourceStatus.Of(current))
            .Map<ResourceRejection>(asked => new ResourceRejection.StatusNotForCustomers(current.Id, ResourceStatus.Of(current), asked));

    /// <summary>Where it was made elsewhere, only what it is called here can be changed here.</summary>
    private Option<ResourceRejection> OfTheOwners(Resource current) =>
        !current.Facts.IsOurs && current is not Resource.Uninstalled
            && (Plan.IsSome || Metadata.Exists(asked => asked != current.Facts.Metadata))
            ? new ResourceRejection.NotOurs(current.Id)
            : Option<ResourceRejection>.None;

    /// <summary>A plan that the resource has already, or waits for, is no choice, so nothing is in its way; nor is one that its installation has.</summary>
    private Option<ResourceRejection> Refusal(Resource current, Installation installation, int resourcesOnPlan, bool isUnpaid) =>
        Plan.Filter(plan => (current.Facts.Plan || installation.OwnPlan) != Some(plan.Id) && current is not Resource.Uninstalled
                && !(PlanWaits && current.Facts.NextPlan.Exists(next => next.Plan == plan.Id)))
            .Bind<ResourceRejection>(plan => (installation.OwnPlan == Some(plan.Id)
                ? PlanHindrance.OfRoom(plan, max => resourcesOnPlan >= max)
                : PlanHindrance.Of(plan, isUnpaid, max => resourcesOnPlan >= max))
                .Map<ResourceRejection>(by => new ResourceRejection.PlanHindered(plan.Id, by)));

    private static Validation<FieldError, Option<string>> ParseName(Option<string> name, Product product, Resource current) =>
        name.IsNone || name == Some(current.Facts.Name)
            ? name
            : ResourceName.Parse(name, product.NameLimits).Map(Some);

    private static Validation<FieldError, Option<Map<string, MetadataValue>>> ParseMetadata(
        Option<SentMetadata> metadata, Product product, Resource current) =>
        metadata.Match(
            given => product.Metadata.Update(current.Facts.Metadata, given).Map(Some),
            () => Option<Map<string, MetadataValue>>.None);

    private static Validation<FieldError, Option<string>> ParseStatus(Option<string> status) =>
        status.ForAll(name => ResourceStatus.All.Contains(name))
            ? status
            : new FieldError("status", $"The status must be one of {string.Join(", ", ResourceStatus.All)}.");

    private static Validation<FieldError, Option<BillingPlan>> ParsePlan(Option<string> id, Product product, Catalogue catalogue) =>
        id.Match<Validation<FieldError, Option<BillingPlan>>>(
            text => (product.Plan(new PlanId(text)) || catalogue.InstallationPlan(new PlanId(text)))
                .Match<Validation<FieldError, Option<BillingPlan>>>(
                    plan => Some(plan), () => new FieldError("billingPlanId", $"{product.Name} has no plan of that id.")),
            () => Option<BillingPlan>.None);
}

/// <summary>A resource as it was asked to be, and its installation as it is then: both are stored, or neither.</summary>
public sealed record Updated(
    Transition<Resource, ResourceEvent> Resource, Transition<Installation, InstallationEvent> Installation);

/// <summary>What was sent, before anything is known of it.</summary>
public sealed record UpdateRequest(
    Option<string> Name,
    Option<SentMetadata> Metadata,
    Option<string> BillingPlanId,
    Option<string> Status,
    Option<string> EdgeConfigId);
