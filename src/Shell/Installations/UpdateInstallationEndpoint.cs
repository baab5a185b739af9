using LanguageExt;
using Marketplace.Core;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Installations;
using Marketplace.Core.Products;
using Marketplace.Shell.Audit;
using Marketplace.Shell.Authentication;
using Marketplace.Shell.BillingPlans;
using Marketplace.Shell.Http;
using Marketplace.Shell.Idempotency;
using Marketplace.Shell.Invoices;
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
        Caller caller, HttpRequest request, JsonBody<UpdateWire> body, Decisions decisions, Catalogue catalogue, Fulfilment fulfilment,
        TimeProvider clock, CancellationToken cancel)
    {
        return decisions.Decide(caller.Installation, KeyedCall.Of(request, body.Raw), Look, cancel);

        Func<Writes, PartnerAnswer> Look(Loads loads)
        {
            var current = InstallationRows.LoadForUpdate(loads, caller.Installation);
            var change = InstallationPlanChange.Look(loads, caller.Installation);
            var isUnpaid = InvoiceRows.AnyUnpaid(loads, caller.Installation);
            return writes => current.Value switch
            {
                null => PartnerAnswer.Of(InstallationProblem.Unknown(caller.Installation)),
                Installation.Finalized gone => PartnerAnswer.Of(InstallationProblem.From(new InstallationRejection.AlreadyFinalized(gone.Id))),
                var found when body.Value.BillingPlanId is not { } => PartnerAnswer.Ok(InstallationWire.Of(found, catalogue)),
                var found => Decide(writes, found, change, isUnpaid.Value, new PlanId(body.Value.BillingPlanId)),
            };
        }

        PartnerAnswer Decide(Writes writes, Installation current, InstallationPlanChange change, bool isUnpaid, PlanId asked)
        {
            // Where each resource has its own plan no id is right, so that it is not the id that is wrong.
            var plan = catalogue.InstallationPlan(asked);
            if (plan.IsNone && current.OwnPlan.IsSome)
                return PartnerAnswer.Of(FieldProblem.From(Seq1(new FieldError("billingPlanId", "There is no plan of that id for an installation."))));

            var now = clock.GetUtcNow();
            return InstallationTransitions.Apply(current, new InstallationCommand.ChangePlan(asked), now).Match(
                Right: transition =>
                {
                    // The plan that it has already is no choice, so nothing is in its way.
                    if (!transition.Events.IsEmpty && plan.Bind(chosen => PlanHindrance.Of(chosen, isUnpaid, max => change.Covered > max)).Case is SomeCase<PlanHindrance>(var by))
                        return PartnerAnswer.Of(PlanProblem.From(asked, by));
                    change.Write(writes, fulfilment, transition, Actor.Of(caller, "update installation"), now);
                    return PartnerAnswer.Ok(InstallationWire.Of(transition.Next, catalogue));
                },
                Left: rejection => PartnerAnswer.Of(InstallationProblem.From(rejection)));
        }
    }

    internal sealed record UpdateWire(string? BillingPlanId = null);
}
