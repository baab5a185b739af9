using System.Diagnostics;
using System.Text.Json;
using LanguageExt;
using Marketplace.Core.Resources;
using Marketplace.Shell.Audit;
using Marketplace.Shell.Authentication;
using Marketplace.Shell.Http;
using Marketplace.Shell.Idempotency;
using Marketplace.Shell.Installations;
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
        Caller caller, string resourceId, HttpRequest request, JsonBody<UpdateWire> body, Decisions decisions, Fulfilment fulfilment,
        TimeProvider clock, CancellationToken cancel)
    {
        var id = new ResourceId(resourceId);
        var call = KeyedCall.Of(request, body.Raw);
        return decisions.Decide(caller.Installation, call, loads => Look(loads, body.Value.ToRequest()), cancel);

        Func<Writes, PartnerAnswer> Look(Loads loads, UpdateRequest asked)
        {
            var update = ResourceUpdate.Look(loads, fulfilment, caller.Installation, id, asked);
            return writes => update.Decide(writes, Actor.Of(caller, "update resource"), clock.GetUtcNow()) switch
            {
                UpdateOutcome.Done(var resource, var owner, _, _) =>
                    PartnerAnswer.Ok(ResourceWire.Of(resource, fulfilment.Catalogue.OfferOf(owner, resource))),
                UpdateOutcome.NoInstallation => PartnerAnswer.Of(InstallationProblem.Unknown(caller.Installation)),
                UpdateOutcome.NoResource or UpdateOutcome.ResourceGone => PartnerAnswer.Of(ResourceProblem.Unknown(id)),
                UpdateOutcome.Wrong(var errors) => PartnerAnswer.Of(FieldProblem.From(errors)),
                UpdateOutcome.Refused(var rejection) => PartnerAnswer.Of(ResourceProblem.From(rejection)),
                var other => throw new UnreachableException(other.GetType().Name),
            };
        }
    }

    internal sealed record UpdateWire(
        string? Name = null, JsonElement? Metadata = null, string? BillingPlanId = null, string? Status = null,
        ProtocolSettingsWire? ProtocolSettings = null)
    {
        public UpdateRequest ToRequest() => new(
            Optional(Name)!, Metadata is { ValueKind: not JsonValueKind.Null } json ? Some(MetadataJson.ReadSent(json)) : None,
            Optional(BillingPlanId)!, Optional(Status)!, Optional(ProtocolSettings?.Experimentation?.EdgeConfigId)!);
    }
}
