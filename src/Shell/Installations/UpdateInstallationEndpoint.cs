using Marketplace.Core.BillingPlans;
using Marketplace.Core.Installations;
using Marketplace.Core.Products;
using Marketplace.Shell.Audit;
using Marketplace.Shell.Authentication;
using Marketplace.Shell.Http;
using Marketplace.Shell.Idempotency;
using Marketplace.Shell.Persistence;
using Marketplace.Shell.Resources;
using static LanguageExt.Prelude;

namespace Marketplace.Shell.Installations;

/// <summary>PATCH /v1/installations/{installationId}: moves an installation that is billed as a whole to another plan. Source: contract §B.1.</summary>
internal static class UpdateInstallationEndpoint
{
    public static readonly RequestDelegate Route = PartnerEndpoint.Mutation(Accepts.User, Handle);

    private static Task<IResult> Handle(
        Caller caller, HttpRequest request, JsonBody<UpdateWire> body, Decisions decisions, Catalogue catalogue, TimeProvider clock,
        CancellationToken cancel)
    {
        return decisions.Decide(caller.Installation, KeyedCall.Of(request, body.Raw), Look, cancel);

        Func<Writes, PartnerAnswer> Look(Loads loads)
        {
            var current = InstallationRows.LoadForUpdate(loads, caller.Installation);
            return writes => Decide(writes, current.Value);
        }

        PartnerAnswer Decide(Writes writes, Installation? current)
        {
            if (current is null)
                return PartnerAnswer.Of(InstallationProblem.Unknown(caller.Installation));
            if (current is Installation.Finalized gone)
                return PartnerAnswer.Of(InstallationProblem.From(new InstallationRejection.AlreadyFinalized(gone.Id)));
            if (body.Value.BillingPlanId is not { } asked)
                return PartnerAnswer.Ok(InstallationWire.Of(current, catalogue));

            var plan = new PlanId(asked);
            if (catalogue.InstallationBilling.IsSome && catalogue.InstallationPlan(plan).IsNone)
                return PartnerAnswer.Of(FieldProblem.From(Seq1(new FieldError("billingPlanId", "There is no plan of that id for an installation."))));
            // The plan that it has already is no choice, so nothing is in its way.
            if (catalogue.InstallationPlan(plan).Exists(found => found.Display.Disabled) && current is Installation.Active active && active.Plan != plan)
                return PartnerAnswer.Of(PlanProblem.Disabled(plan));

            return InstallationTransitions.Apply(current, new InstallationCommand.ChangePlan(plan), clock.GetUtcNow()).Match(
                Right: transition =>
                {
                    InstallationRows.Save(writes, transition.Next);
                    EventRows.Append(writes, transition.Events, Actor.Of(caller, "update installation"));
                    return PartnerAnswer.Ok(InstallationWire.Of(transition.Next, catalogue));
                },
                Left: rejection => PartnerAnswer.Of(InstallationProblem.From(rejection)));
        }
    }

    internal sealed record UpdateWire(string? BillingPlanId = null);
}
