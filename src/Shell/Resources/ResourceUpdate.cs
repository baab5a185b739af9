using LanguageExt;
using Marketplace.Core;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Installations;
using Marketplace.Core.Products;
using Marketplace.Core.Resources;
using Marketplace.Jobs.Outbox;
using Marketplace.Shell.Audit;
using Marketplace.Shell.BillingPlans;
using Marketplace.Shell.Installations;
using Marketplace.Shell.Invoices;
using Marketplace.Shell.Outbox;
using Marketplace.Shell.Persistence;
using Marketplace.Shell.Products;
using Marketplace.Shell.Provisioning;

namespace Marketplace.Shell.Resources;

/// <summary>
/// Everything that another name, form or plan of a resource means, whoever asks for it: the customer at Vercel, or the provider on the
/// customer's behalf. All that was asked, or nothing. Source: contract §B.2, §E.3.
/// </summary>
internal sealed class ResourceUpdate
{
    private readonly (InstallationId Installation, ResourceId Resource) of;
    private readonly UpdateRequest asked;
    private readonly Fulfilment fulfilment;
    private readonly Catalogue catalogue;
    private readonly InstallationPlanChange? planChange;
    private readonly Loaded<Installation?> installation;
    private readonly Loaded<Resource?> current;
    private readonly Loaded<int>? onPlan;
    private readonly Loaded<bool>? isUnpaid;
    private readonly Loaded<Seq<PlanPeriod>> spans;

    private ResourceUpdate(Loads loads, Fulfilment fulfilment, InstallationId installation, ResourceId id, UpdateRequest asked)
    {
        (of, this.asked, this.fulfilment, catalogue) = ((installation, id), asked, fulfilment, fulfilment.Catalogue);
        // A plan may have a limit for the installation, which is counted under its lock. Else the lock of the resource will do: whoever
        // changes the installation's plan holds it too, so that the plan is read behind it.
        var plan = asked.BillingPlanId.Map(text => new PlanId(text));
        var isOfInstallation = plan.Bind(catalogue.InstallationPlan).IsSome;
        var counts = plan.IsSome && catalogue.IsLimited(plan);
        var held = counts || isOfInstallation ? InstallationRows.LoadForUpdate(loads, installation) : null;
        planChange = isOfInstallation ? InstallationPlanChange.Look(loads, installation) : null;
        current = ResourceRows.LoadForUpdate(loads, installation, id);
        this.installation = held ?? InstallationRows.Load(loads, installation);
        var ownPlan = isOfInstallation ? Option<string>.None : asked.BillingPlanId;
        onPlan = counts ? ResourceRows.CountOnPlan(loads, installation, ownPlan, except: id) : null;
        isUnpaid = catalogue.NeedsPaymentMethod(plan) ? InvoiceRows.AnyUnpaid(loads, installation) : null;
        spans = PlanPeriodRows.Load(loads, installation, id);
    }

    private PlanPeriods Plans => new(PlanSubject.Of(of.Resource), spans.Value);

    public static ResourceUpdate Look(
        Loads loads, Fulfilment fulfilment, InstallationId installation, ResourceId id, UpdateRequest asked) =>
        new(loads, fulfilment, installation, id, asked);

    public UpdateOutcome Decide(Writes writes, Actor actor, DateTimeOffset now) =>
        (installation.Value, current.Value) switch
        {
            (null, _) => new UpdateOutcome.NoInstallation(),
            (_, null) => new UpdateOutcome.NoResource(),
            (_, Resource.Uninstalled) => new UpdateOutcome.ResourceGone(),
            var (owner, found) => Decide(writes, owner, found, actor, now),
        };

    private UpdateOutcome Decide(Writes writes, Installation owner, Resource found, Actor actor, DateTimeOffset now)
    {
        var product = catalogue.Product(found.Facts.Product).IfNone(() => throw new CorruptRowException(
            "resource", of.Resource.Value, $"its product '{found.Facts.Product}' is not in the catalogue any more"));
        var settled = PlanSettlement.Of(found, Plans, now);
        return UpdateResource.Parse(asked, product, catalogue, settled.Resource.Next).Match<UpdateOutcome>(
            Succ: update => Update(writes, update, product, owner, found, settled, actor, now),
            Fail: errors => new UpdateOutcome.Wrong(errors));
    }

    private UpdateOutcome Update(
        Writes writes, UpdateResource update, Product product, Installation owner, Resource found, SettledPlan settled, Actor actor,
        DateTimeOffset now) =>
        update.Decide(settled.Resource.Next, owner, onPlan?.Value ?? 0, isUnpaid?.Value ?? false, now).Match<UpdateOutcome>(
            Right: updated =>
            {
                // Everything that is under the installation's plan already changes with it, this resource too if it is.
                planChange?.Write(writes, fulfilment, updated.Installation, actor, now);
                var events = (settled.Resource.Events + updated.Resource.Events).Strict();
                if (!events.IsEmpty)
                    Save(writes, found, settled, updated, events, product, actor, now);
                return new UpdateOutcome.Done(
                    updated.Resource.Next, updated.Installation.Next, !events.IsEmpty, !updated.Installation.Events.IsEmpty);
            },
            Left: rejection => new UpdateOutcome.Refused(rejection));

    private void Save(
        Writes writes, Resource found, SettledPlan settled, Updated updated, Seq<ResourceEvent> events, Product product, Actor actor,
        DateTimeOffset now)
    {
        var resource = updated.Resource.Next;
        ResourceRows.Save(writes, of.Installation, resource);
        EventRows.Append(writes, of.Installation, events, actor);
        PlanPeriodRows.Save(
            writes, catalogue, of.Installation, Plans,
            Followed(settled.Plans, settled.Resource.Next, resource, updated.Installation.Next.OwnPlan, product, now));
        // What deployments read goes to where the customer wants it now.
        if (product.Experimentation.IsSome && events.Exists(happened => happened is ResourceEvent.OptedInToExperiments))
            OutboxRows.Append(writes, of.Installation, of.Resource, MessageKind.ResourceExperiments, now, now);
        // Choices bind whoever made the resource as much as its plan does.
        if (events.Exists(happened => happened
                is ResourceEvent.PlanChanged or ResourceEvent.CameUnderInstallation or ResourceEvent.MetadataChanged))
            fulfilment.ChangePlan(writes, of.Installation, resource, Before(found, settled, resource, now), now);
    }

    /// <summary>
    /// What was made last: a plan that waited and has only begun here is asked for with the rest. Null where the resource comes under its
    /// installation's plan: the other resources have it too, and this one cannot refuse it.
    /// </summary>
    private static PriorTerms? Before(Resource found, SettledPlan settled, Resource after, DateTimeOffset now) =>
        found.Facts.Plan.IsSome == after.Facts.Plan.IsSome
            ? PriorTerms.Of(found.Facts, settled.Resource.Events.HeadOrNone().Map(begun => begun.At).IfNone(now))
            : null;

    private static PlanPeriods Followed(
        PlanPeriods plans, Resource before, Resource after, Option<PlanId> ofInstallation, Product product, DateTimeOffset now) =>
        plans.Follow(before.Facts, after.Facts, ofInstallation, product, now).IfLeft(rejection => throw new CorruptRowException(
            "plan_period", plans.Subject.ToString()!, $"the plan cannot change at {now:O}: {rejection.GetType().Name}"));
}

/// <summary>What became of the wish to change a resource.</summary>
internal abstract record UpdateOutcome
{
    private UpdateOutcome() { }

    /// <param name="HasChanged">Else it was so already, and nothing is written.</param>
    /// <param name="HasInstallationChanged">It has another plan, and with it whatever is under it.</param>
    public sealed record Done(Resource Resource, Installation Installation, bool HasChanged, bool HasInstallationChanged) : UpdateOutcome;

    public sealed record NoInstallation : UpdateOutcome;

    public sealed record NoResource : UpdateOutcome;

    /// <summary>It was there, and was deleted or handed over.</summary>
    public sealed record ResourceGone : UpdateOutcome;

    public sealed record Wrong(Seq<FieldError> Errors) : UpdateOutcome;

    public sealed record Refused(ResourceRejection Why) : UpdateOutcome;
}
