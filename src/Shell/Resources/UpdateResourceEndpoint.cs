using System.Text.Json;
using LanguageExt;
using Marketplace.Core;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Installations;
using Marketplace.Core.Products;
using Marketplace.Core.Resources;
using Marketplace.Jobs.Outbox;
using Marketplace.Shell.Audit;
using Marketplace.Shell.Authentication;
using Marketplace.Shell.BillingPlans;
using Marketplace.Shell.Http;
using Marketplace.Shell.Idempotency;
using Marketplace.Shell.Installations;
using Marketplace.Shell.Invoices;
using Marketplace.Shell.Outbox;
using Marketplace.Shell.Persistence;
using Marketplace.Shell.Products;
using Marketplace.Shell.Provisioning;
using static LanguageExt.Prelude;

namespace Marketplace.Shell.Resources;

/// <summary>PATCH /v1/installations/{installationId}/resources/{resourceId}: all that was asked, or nothing. Source: contract §B.2, §E.3.</summary>
internal static class UpdateResourceEndpoint
{
    public static readonly RequestDelegate Route = PartnerEndpoint.Mutation(Accepts.User, Handle);

    private static Task<IResult> Handle(
        Caller caller, string resourceId, HttpRequest request, JsonBody<UpdateWire> body, Decisions decisions, Catalogue catalogue,
        Fulfilment fulfilment, TimeProvider clock, CancellationToken cancel)
    {
        var id = new ResourceId(resourceId);
        var call = KeyedCall.Of(request, body.Raw);
        return decisions.Decide(caller.Installation, call, loads => Look(loads, body.Value.ToRequest()), cancel);

        Func<Writes, PartnerAnswer> Look(Loads loads, UpdateRequest asked)
        {
            // A plan may have a limit for the installation, which is counted under its lock. Else the lock of the resource will do: whoever
            // changes the installation's plan holds it too, so that the plan is read behind it.
            var plan = asked.BillingPlanId.Map(text => new PlanId(text));
            var isOfInstallation = plan.Bind(catalogue.InstallationPlan).IsSome;
            var counts = plan.IsSome && catalogue.IsLimited(plan);
            var held = counts || isOfInstallation ? InstallationRows.LoadForUpdate(loads, caller.Installation) : null;
            var planChange = isOfInstallation ? InstallationPlanChange.Look(loads, caller.Installation) : null;
            var current = ResourceRows.LoadForUpdate(loads, caller.Installation, id);
            var installation = held ?? InstallationRows.Load(loads, caller.Installation);
            var ownPlan = isOfInstallation ? Option<string>.None : asked.BillingPlanId;
            var onPlan = counts ? ResourceRows.CountOnPlan(loads, caller.Installation, ownPlan, except: id) : null;
            var isUnpaid = catalogue.NeedsPaymentMethod(plan) ? InvoiceRows.AnyUnpaid(loads, caller.Installation) : null;
            var spans = PlanPeriodRows.Load(loads, caller.Installation, id);
            return writes => (installation.Value, current.Value) switch
            {
                (null, _) => PartnerAnswer.Of(InstallationProblem.Unknown(caller.Installation)),
                (_, null or Resource.Uninstalled) => PartnerAnswer.Of(ResourceProblem.Unknown(id)),
                var (owner, found) => Decide(
                    writes, asked, owner, planChange, found, onPlan?.Value ?? 0, isUnpaid?.Value ?? false, new PlanPeriods(PlanSubject.Of(id), spans.Value)),
            };
        }

        PartnerAnswer Decide(
            Writes writes, UpdateRequest asked, Installation installation, InstallationPlanChange? planChange, Resource current, int onPlan,
            bool isUnpaid, PlanPeriods plans)
        {
            var product = catalogue.Product(current.Facts.Product).IfNone(() => throw new CorruptRowException(
                "resource", id.Value, $"its product '{current.Facts.Product}' is not in the catalogue any more"));
            var settled = PlanSettlement.Of(current, plans, clock.GetUtcNow());
            return UpdateResource.Parse(asked, product, catalogue, settled.Resource.Next).Match(
                Succ: update => Update(writes, update, product, installation, planChange, settled, onPlan, isUnpaid, plans),
                Fail: errors => PartnerAnswer.Of(FieldProblem.From(errors)));
        }

        PartnerAnswer Update(
            Writes writes, UpdateResource update, Product product, Installation installation, InstallationPlanChange? planChange,
            SettledPlan settled, int onPlan, bool isUnpaid, PlanPeriods plans)
        {
            var now = clock.GetUtcNow();
            return update.Decide(settled.Resource.Next, installation, onPlan, isUnpaid, now).Match(
                Right: updated =>
                {
                    var (resource, owner) = (updated.Resource.Next, updated.Installation.Next);
                    // Everything that is under the installation's plan already changes with it, this resource too if it is.
                    planChange?.Write(writes, fulfilment, updated.Installation, Actor.Of(caller, "update resource"), now);
                    Save(writes, settled, updated.Resource, owner.OwnPlan, plans, product, now);
                    return PartnerAnswer.Ok(ResourceWire.Of(resource, catalogue.OfferOf(owner, resource)));
                },
                Left: rejection => PartnerAnswer.Of(ResourceProblem.From(rejection)));
        }

        void Save(
            Writes writes, SettledPlan settled, Transition<Resource, ResourceEvent> transition, Option<PlanId> ofInstallation,
            PlanPeriods plans, Product product, DateTimeOffset now)
        {
            var events = (settled.Resource.Events + transition.Events).Strict();
            if (events.IsEmpty)
                return;

            ResourceRows.Save(writes, caller.Installation, transition.Next);
            EventRows.Append(writes, caller.Installation, events, Actor.Of(caller, "update resource"));
            PlanPeriodRows.Save(
                writes, catalogue, caller.Installation, plans,
                Followed(settled.Plans, settled.Resource.Next, transition.Next, ofInstallation, product, now));
            // What deployments read goes to where the customer wants it now.
            if (product.Experimentation.IsSome && events.Exists(happened => happened is ResourceEvent.OptedInToExperiments))
                OutboxRows.Append(writes, caller.Installation, transition.Next.Id, MessageKind.ResourceExperiments, now, now);
            // Choices bind whoever made the resource as much as its plan does.
            if (events.Exists(happened => happened
                    is ResourceEvent.PlanChanged or ResourceEvent.CameUnderInstallation or ResourceEvent.MetadataChanged))
                fulfilment.ChangePlan(writes, caller.Installation, transition.Next, now);
        }
    }

    private static PlanPeriods Followed(
        PlanPeriods plans, Resource before, Resource after, Option<PlanId> ofInstallation, Product product, DateTimeOffset now) =>
        plans.Follow(before.Facts, after.Facts, ofInstallation, product, now).IfLeft(rejection => throw new CorruptRowException(
            "plan_period", plans.Subject.ToString()!, $"the plan cannot change at {now:O}: {rejection.GetType().Name}"));

    internal sealed record UpdateWire(
        string? Name = null, JsonElement? Metadata = null, string? BillingPlanId = null, string? Status = null,
        ProtocolSettingsWire? ProtocolSettings = null)
    {
        public UpdateRequest ToRequest() => new(
            Optional(Name)!, Metadata is { ValueKind: not JsonValueKind.Null } json ? Some(MetadataJson.ReadSent(json)) : None,
            Optional(BillingPlanId)!, Optional(Status)!, Optional(ProtocolSettings?.Experimentation?.EdgeConfigId)!);
    }
}
