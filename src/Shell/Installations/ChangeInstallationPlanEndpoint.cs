using System.Diagnostics;
using LanguageExt;
using Marketplace.Core;
using Marketplace.Core.Installations;
using Marketplace.Jobs.Outbox;
using Marketplace.Shell.Audit;
using Marketplace.Shell.Http;
using Marketplace.Shell.Idempotency;
using Marketplace.Shell.Outbox;
using Marketplace.Shell.Persistence;
using Marketplace.Shell.Provisioning;
using Marketplace.Shell.ProviderKeys;
using Marketplace.Shell.Resources;
using static LanguageExt.Prelude;

namespace Marketplace.Shell.Installations;

/// <summary>POST /provider/v1/installations/{id}/plan: another plan for an installation that is billed as a whole, on the customer's behalf. Vercel is told.</summary>
internal static class ChangeInstallationPlanEndpoint
{
    public static readonly RequestDelegate Route = ProviderEndpoint.Needing(ProviderScopes.ResourcesWrite, Handle);

    private static Task<IResult> Handle(
        string installationId, HttpRequest request, JsonBody<PlanWire> body, ProviderCaller caller, ProviderDecisions decisions,
        Fulfilment fulfilment, TimeProvider clock, CancellationToken cancel)
    {
        var id = new InstallationId(installationId);
        return (ParsePlan(body.Value.BillingPlanId), AuditReason.Parse(body.Value.Reason, isNeeded: false)).Apply((plan, why) => (plan, why)).Match(
            Succ: asked => decisions.Decide(id, ProviderCall.Of(caller, request, body.Raw), loads => Look(loads, asked.plan, asked.why), cancel),
            Fail: errors => Task.FromResult<IResult>(ProviderProblems.Invalid(errors)));

        Func<Writes, PartnerAnswer> Look(Loads loads, string plan, Option<string> why)
        {
            var update = InstallationUpdate.Look(loads, fulfilment, id);
            return writes =>
            {
                var now = clock.GetUtcNow();
                return update.Decide(writes, plan, Actor.Of(caller, "change plan", why.OrNull()), now) switch
                {
                    InstallationOutcome.Done(_, var hasChanged) => Changed(writes, plan, hasChanged, now),
                    InstallationOutcome.NoInstallation => PartnerAnswer.Of(ProviderResourceProblem.NoInstallation(id)),
                    InstallationOutcome.Wrong(var error) => PartnerAnswer.Of(ProviderProblems.Invalid(Seq1(error))),
                    InstallationOutcome.Refused(var rejection) => PartnerAnswer.Of(ProviderResourceProblem.From(rejection)),
                    InstallationOutcome.Hindered(var chosen, var by) => PartnerAnswer.Of(ProviderResourceProblem.From(chosen, by)),
                    var other => throw new UnreachableException(other.GetType().Name),
                };
            };
        }

        PartnerAnswer Changed(Writes writes, string plan, bool hasChanged, DateTimeOffset now)
        {
            if (hasChanged)
                OutboxRows.Append(writes, id, MessageKind.InstallationSync, now);
            return PartnerAnswer.Ok(new ChangedWire(id.Value, plan));
        }
    }

    private static Validation<FieldError, string> ParsePlan(string? id) =>
        id is null ? new FieldError("billingPlanId", "A plan is required.") : Success<FieldError, string>(id);

    private sealed record PlanWire(string? BillingPlanId = null, string? Reason = null);

    private sealed record ChangedWire(string Id, string BillingPlanId);
}
