using Marketplace.Core.BillingPlans;
using Marketplace.Core.Installations;
using Marketplace.Core.Products;
using Marketplace.Shell.Audit;
using Marketplace.Shell.Authentication;
using Marketplace.Shell.Http;
using Marketplace.Shell.Idempotency;
using Marketplace.Shell.Persistence;
using Npgsql;

namespace Marketplace.Shell.Installations;

/// <summary>PATCH /v1/installations/{installationId}: moves an installation that is billed as a whole to another plan. Source: contract §B.1.</summary>
internal static class UpdateInstallationEndpoint
{
    public static readonly RequestDelegate Route = PartnerEndpoint.Mutation(Accepts.User, Handle);

    private static Task<IResult> Handle(
        Caller caller, HttpRequest request, JsonBody<UpdateWire> body, Decisions decisions, Catalogue catalogue, TimeProvider clock,
        CancellationToken cancel)
    {
        return decisions.Decide(caller.Installation, KeyedCall.Of(request, body.Raw), Decide, cancel);

        async Task<PartnerAnswer> Decide(NpgsqlTransaction transaction, Writes writes)
        {
            var current = await InstallationRows.LoadForUpdate(transaction, caller.Installation, cancel);
            if (current is null)
                return PartnerAnswer.Of(InstallationProblem.Unknown(caller.Installation));
            if (body.Value.BillingPlanId is not { } asked)
                return PartnerAnswer.Ok(InstallationWire.Of(current, catalogue));

            var plan = new PlanId(asked);
            if (catalogue.InstallationBilling.IsSome && !catalogue.InstallationPlan(plan).Exists(found => !found.Display.Disabled))
                return PartnerAnswer.Of(PartnerResults.ValidationError($"billingPlanId: '{asked}' cannot be chosen for an installation."));

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
