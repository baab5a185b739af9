using System.Diagnostics;
using Marketplace.Shell.Audit;
using Marketplace.Shell.Authentication;
using Marketplace.Shell.Http;
using Marketplace.Shell.Idempotency;
using Marketplace.Shell.Persistence;
using Marketplace.Shell.Provisioning;
using Marketplace.Shell.Resources;
using static LanguageExt.Prelude;

namespace Marketplace.Shell.Installations;

/// <summary>PATCH /v1/installations/{installationId}: moves an installation that is billed as a whole to another plan. Source: contract §B.1.</summary>
internal static class UpdateInstallationEndpoint
{
    public static readonly RequestDelegate Route = PartnerEndpoint.Mutation(Accepts.User, Handle);

    private static Task<IResult> Handle(
        Caller caller, HttpRequest request, JsonBody<UpdateWire> body, Decisions decisions, Fulfilment fulfilment, TimeProvider clock,
        CancellationToken cancel)
    {
        return decisions.Decide(caller.Installation, KeyedCall.Of(request, body.Raw), Look, cancel);

        Func<Writes, PartnerAnswer> Look(Loads loads)
        {
            var update = InstallationUpdate.Look(loads, fulfilment, caller.Installation);
            return writes => update.Decide(writes, body.Value.BillingPlanId, Actor.Of(caller, "update installation"), clock.GetUtcNow()) switch
            {
                InstallationOutcome.Done(var installation, _) => PartnerAnswer.Ok(InstallationWire.Of(installation, fulfilment.Catalogue)),
                InstallationOutcome.NoInstallation => PartnerAnswer.Of(InstallationProblem.Unknown(caller.Installation)),
                InstallationOutcome.Wrong(var error) => PartnerAnswer.Of(FieldProblem.From(Seq1(error))),
                InstallationOutcome.Refused(var rejection) => PartnerAnswer.Of(InstallationProblem.From(rejection)),
                InstallationOutcome.Hindered(var plan, var by) => PartnerAnswer.Of(PlanProblem.From(plan, by)),
                var other => throw new UnreachableException(other.GetType().Name),
            };
        }
    }

    internal sealed record UpdateWire(string? BillingPlanId = null);
}
