using System.Diagnostics;
using System.Text.Json;
using LanguageExt;
using Marketplace.Core;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Installations;
using Marketplace.Core.Products;
using Marketplace.Core.Resources;
using Marketplace.Jobs.Operations;
using Marketplace.Jobs.Outbox;
using Marketplace.Shell.Audit;
using Marketplace.Shell.Authentication;
using Marketplace.Shell.BillingPlans;
using Marketplace.Shell.Http;
using Marketplace.Shell.Idempotency;
using Marketplace.Shell.Installations;
using Marketplace.Shell.Operations;
using Marketplace.Shell.Outbox;
using Marketplace.Shell.Persistence;
using Marketplace.Shell.Products;
using Marketplace.Shell.Secrets;
using Npgsql;
using static LanguageExt.Prelude;

namespace Marketplace.Shell.Resources;

/// <summary>
/// POST /v1/installations/{installationId}/resources: the intent is committed, the provisioner called, the outcome committed; ready
/// with its secrets, or pending when it takes longer. Source: contract §B.2, §E.2.
/// </summary>
internal static class ProvisionResourceEndpoint
{
    public static readonly RequestDelegate Route = PartnerEndpoint.Mutation(Accepts.User, Handle);

    private static Task<IResult> Handle(
        Caller caller, HttpRequest request, JsonBody<ProvisionWire> body, Decisions decisions, Catalogue catalogue, SecretBox box,
        TimeProvider clock, CancellationToken cancel)
    {
        return body.Value.ToRequest().Match(
            Succ: asked => decisions.Saga(
                caller.Installation, KeyedCall.Of(request, body.Raw),
                (transaction, writes) => Begin(transaction, writes, asked), Answer, cancel),
            Fail: errors => Task.FromResult<IResult>(FieldProblem.From(errors)));

        async Task<Decided> Begin(NpgsqlTransaction transaction, Writes writes, ProvisionRequest asked)
        {
            var installation = await InstallationRows.LoadForUpdate(transaction, caller.Installation, cancel);
            if (installation is null)
                return new Decided.Answered(PartnerAnswer.Of(InstallationProblem.Unknown(caller.Installation)));

            return await ProvisionResource.Parse(asked, catalogue, installation).Match(
                Succ: provision => Decide(transaction, writes, installation, provision),
                Fail: errors => Task.FromResult<Decided>(new Decided.Answered(PartnerAnswer.Of(FieldProblem.From(errors)))));
        }

        async Task<Decided> Decide(
            NpgsqlTransaction transaction, Writes writes, Installation installation, ProvisionResource provision)
        {
            var onPlan = await provision.Plan.Match(
                Some: plan => ResourceRows.CountOnPlan(transaction, caller.Installation, plan.Id, except: null, cancel),
                None: () => Task.FromResult(0));
            return provision.Decide(installation, onPlan, Ids.Resource(), clock.GetUtcNow()).Match<Decided>(
                Right: provisioned => Requested(writes, provisioned),
                Left: rejection => new Decided.Answered(PartnerAnswer.Of(ProvisioningProblem.From(rejection))));
        }

        Decided Requested(Writes writes, Provisioned provisioned)
        {
            var (resource, actor) = (provisioned.Resource.Next, Actor.Of(caller, "provision"));
            if (!provisioned.Installation.Events.IsEmpty)
            {
                InstallationRows.Save(writes, provisioned.Installation.Next);
                EventRows.Append(writes, provisioned.Installation.Events, actor);
            }

            ResourceRows.Insert(writes, caller.Installation, resource);
            EventRows.Append(writes, caller.Installation, provisioned.Resource.Events, actor);
            var operation = Ids.Operation();
            OperationRows.Append(
                writes, caller.Installation, resource.Id, operation, new OperationRequest.Provision(), resource.Facts.CreatedAt);
            return new Decided.Started(operation);
        }

        async Task<PartnerAnswer> Answer(
            NpgsqlTransaction transaction, Writes writes, OperationId operation, OperationState state, CancellationToken ending)
        {
            if (state is OperationState.Refused refused)
            {
                return PartnerAnswer.Of(PartnerResults.Conflict(
                    $"The resource could not be provisioned: {refused.Reason}", new PartnerErrorUser(refused.Reason)));
            }

            var id = await OperationRows.ResourceOf(transaction, caller.Installation, operation, ending);
            // What was made waits to be told of: from here on it is, and nobody undoes it meanwhile. One that is still being made is told of
            // as pending, under the lock of its operation, which whoever completes it takes after the resource: so it is not locked here.
            var resource = await (state is OperationState.Done
                    ? ResourceRows.LoadForUpdate(transaction, caller.Installation, id, ending)
                    : ResourceRows.Load(transaction, caller.Installation, id, ending))
                ?? throw new CorruptRowException("resource", id.Value, "an operation names it, but it is gone");
            var installation = await InstallationRows.Load(transaction, caller.Installation, ending)
                ?? throw new CorruptRowException("installation", caller.Installation.Value, "it has a resource, but it is gone");
            if (resource is Resource.Uninstalled)
                return PartnerAnswer.Of(PartnerResults.Conflict("The resource was deleted while it was being provisioned."));

            var secrets = LanguageExt.Seq<Core.Secrets.Secret>.Empty;
            if (state is OperationState.Done)
            {
                secrets = await SecretRows.LoadCurrent(transaction, box, caller.Installation, id, ending);
                var plans = await PlanPeriodRows.Load(transaction, caller.Installation, id, ending);
                PlanStart.Write(writes, caller.Installation, resource, plans, clock.GetUtcNow());
                OutboxRows.Withdraw(writes, caller.Installation, id, MessageKind.ResourceAdoption);
            }

            return PartnerAnswer.Ok(ResourceWire.WithSecrets(resource, catalogue.PlanOf(installation, resource), secrets));
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
        public Validation<FieldError, ProvisionRequest> ToRequest() =>
            (Metadata is { ValueKind: not JsonValueKind.Null } json ? MetadataJson.Read(json) : Map<string, MetadataValue>())
            .Map(metadata => new ProvisionRequest(
                Optional(ProductId)!, Optional(Name)!, metadata, Optional(BillingPlanId)!, Optional(ExternalId)!,
                Optional(ProtocolSettings?.Experimentation?.EdgeConfigId)!));
    }
}
