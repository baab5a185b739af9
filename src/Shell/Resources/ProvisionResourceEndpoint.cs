using System.Diagnostics;
using System.Text.Json;
using LanguageExt;
using Marketplace.Core;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Installations;
using Marketplace.Core.Products;
using Marketplace.Core.Resources;
using Marketplace.Core.Secrets;
using Marketplace.Jobs.Operations;
using Marketplace.Jobs.Outbox;
using Marketplace.Shell.Audit;
using Marketplace.Shell.Authentication;
using Marketplace.Shell.BillingPlans;
using Marketplace.Shell.Http;
using Marketplace.Shell.Idempotency;
using Marketplace.Shell.Installations;
using Marketplace.Shell.Invoices;
using Marketplace.Shell.Operations;
using Marketplace.Shell.Outbox;
using Marketplace.Shell.Persistence;
using Marketplace.Shell.Products;
using Marketplace.Shell.Provisioning;
using Marketplace.Shell.Secrets;
using Npgsql;
using static LanguageExt.Prelude;

namespace Marketplace.Shell.Resources;

/// <summary>
/// POST /v1/installations/{installationId}/resources: the intent is committed, the provisioner called, the outcome committed; ready
/// with its secrets, or pending when it takes longer. What a local provisioner makes is committed at once. Source: contract §B.2, §E.2.
/// </summary>
internal static class ProvisionResourceEndpoint
{
    public static readonly RequestDelegate Route = PartnerEndpoint.Mutation(Accepts.User, Handle);

    private static Task<IResult> Handle(
        Caller caller, HttpRequest request, JsonBody<ProvisionWire> body, Decisions decisions, Catalogue catalogue, Fulfilment fulfilment,
        SecretBox box, TimeProvider clock, CancellationToken cancel)
    {
        var call = KeyedCall.Of(request, body.Raw);
        return decisions.Saga(caller.Installation, call, loads => Look(loads, body.Value.ToRequest()), LookAgain, cancel);

        Func<Writes, Decided> Look(Loads loads, ProvisionRequest asked)
        {
            var installation = InstallationRows.LoadForUpdate(loads, caller.Installation);
            var ownPlan = asked.BillingPlanId.Filter(id => catalogue.InstallationPlan(new PlanId(id)).IsNone);
            var onPlan = catalogue.IsLimited(asked.BillingPlanId.Map(id => new PlanId(id)))
                ? ResourceRows.CountOnPlan(loads, caller.Installation, ownPlan, asked.ProductId)
                : null;
            var isUnpaid = catalogue.NeedsPaymentMethod(asked.BillingPlanId.Map(id => new PlanId(id)))
                ? InvoiceRows.AnyUnpaid(loads, caller.Installation)
                : null;
            var planChange = ownPlan == asked.BillingPlanId ? null : InstallationPlanChange.Look(loads, caller.Installation);
            return writes => installation.Value is { } found
                ? ProvisionResource.Parse(asked, catalogue, found).Match(
                    Succ: provision => Decide(writes, found, planChange, onPlan?.Value ?? 0, isUnpaid?.Value ?? false, provision),
                    Fail: errors => new Decided.Answered(PartnerAnswer.Of(FieldProblem.From(errors))))
                : new Decided.Answered(PartnerAnswer.Of(InstallationProblem.Unknown(caller.Installation)));
        }

        Decided Decide(
            Writes writes, Installation installation, InstallationPlanChange? planChange, int onPlan, bool isUnpaid, ProvisionResource provision) =>
            provision.Decide(installation, onPlan, isUnpaid, Ids.Resource(), clock.GetUtcNow()).Match<Decided>(
                Right: provisioned => Requested(writes, planChange, provisioned),
                Left: rejection => new Decided.Answered(PartnerAnswer.Of(ProvisioningProblem.From(rejection))));

        Decided Requested(Writes writes, InstallationPlanChange? planChange, Provisioned provisioned)
        {
            var (resource, actor) = (provisioned.Resource.Next, Actor.Of(caller, "provision"));
            // The resources that are there already come under the new plan with this call; the new one is made for it.
            planChange?.Write(writes, fulfilment, provisioned.Installation, actor, resource.Facts.CreatedAt);
            if (fulfilment.Local(resource) is { } local)
            {
                var made = LocalResource.Make(writes, catalogue, local, provisioned.Installation.Next, provisioned.Resource, actor);
                return new Decided.Answered(PartnerAnswer.Ok(ResourceWire.WithSecrets(
                    made.Resource, catalogue.OfferOf(provisioned.Installation.Next, made.Resource), made.Secrets)));
            }

            ResourceRows.Insert(writes, caller.Installation, resource);
            EventRows.Append(writes, caller.Installation, provisioned.Resource.Events, actor);
            var operation = Ids.Operation();
            OperationRows.Append(
                writes, caller.Installation, resource.Id, operation, new OperationRequest.Provision(), resource.Facts.CreatedAt);
            return new Decided.Started(operation, resource.Id);
        }

        Func<Writes, OperationState, PartnerAnswer> LookAgain(Loads loads, ResourceId id)
        {
            // What was made waits to be told of: from here on it is, and nobody undoes it meanwhile. Who changes the installation's plan
            // holds this lock too, so that the plan is read behind it.
            var resource = ResourceRows.LoadForUpdate(loads, caller.Installation, id);
            var installation = InstallationRows.Load(loads, caller.Installation);
            var secrets = SecretRows.LoadCurrent(loads, box, caller.Installation, id);
            var plans = PlanPeriodRows.Load(loads, caller.Installation, id);
            return (writes, state) => state is OperationState.Refused refused
                ? PartnerAnswer.Of(PartnerResults.Conflict(
                    $"The resource could not be provisioned: {refused.Reason}", new PartnerErrorUser(refused.Reason)))
                : Answer(
                    writes, state,
                    installation.Value ?? throw new CorruptRowException("installation", caller.Installation.Value, "it has a resource, but it is gone"),
                    resource.Value ?? throw new CorruptRowException("resource", id.Value, "an operation names it, but it is gone"),
                    secrets.Value.All, plans.Value);
        }

        PartnerAnswer Answer(
            Writes writes, OperationState state, Installation installation, Resource resource, Seq<Secret> secrets, Seq<PlanPeriod> spans)
        {
            if (resource is Resource.Uninstalled)
                return PartnerAnswer.Of(PartnerResults.Conflict("The resource was deleted while it was being provisioned."));

            if (state is OperationState.Done)
            {
                PlanStart.Write(writes, catalogue, installation, resource, new PlanPeriods(PlanSubject.Of(resource.Id), spans), clock.GetUtcNow());
                OutboxRows.Withdraw(writes, caller.Installation, resource.Id, MessageKind.ResourceAdoption);
            }

            return PartnerAnswer.Ok(ResourceWire.WithSecrets(resource, catalogue.OfferOf(installation, resource), secrets));
        }
    }

    /// <summary>Nothing is required here: what is missing is named together with everything else that is wrong.</summary>
    internal sealed record ProvisionWire(
        string? ProductId = null,
        string? Name = null,
        JsonElement? Metadata = null,
        string? BillingPlanId = null,
        string? ExternalId = null,
        ProtocolSettingsWire? ProtocolSettings = null)
    {
        public ProvisionRequest ToRequest() => new(
            Optional(ProductId)!, Optional(Name)!,
            Metadata is { ValueKind: not JsonValueKind.Null } json ? MetadataJson.ReadSent(json) : SentMetadata.Nothing,
            Optional(BillingPlanId)!, Optional(ExternalId)!, Optional(ProtocolSettings?.Experimentation?.EdgeConfigId)!);
    }
}
