using Marketplace.Core.BillingPlans;
using Marketplace.Core.Resources;
using Marketplace.Shell.Audit;
using Marketplace.Shell.Authentication;
using Marketplace.Shell.BillingPlans;
using Marketplace.Shell.Http;
using Marketplace.Shell.Idempotency;
using Marketplace.Shell.Persistence;
using Marketplace.Shell.Provisioning;

namespace Marketplace.Shell.Resources;

/// <summary>
/// DELETE /v1/installations/{installationId}/resources/{resourceId}: from this moment it is not billed. The worker takes it down.
/// Source: contract §B.2.
/// </summary>
internal static class DeleteResourceEndpoint
{
    public static readonly RequestDelegate Route = PartnerEndpoint.Mutation(Accepts.Either, Handle);

    private static Task<IResult> Handle(
        Caller caller, string resourceId, HttpRequest request, RawBody body, Decisions decisions, Fulfilment fulfilment,
        TimeProvider clock, CancellationToken cancel)
    {
        var id = new ResourceId(resourceId);
        return decisions.Decide(caller.Installation, KeyedCall.Of(request, body), Look, cancel);

        Func<Writes, PartnerAnswer> Look(Loads loads)
        {
            var current = ResourceRows.LoadForUpdate(loads, caller.Installation, id);
            var spans = PlanPeriodRows.Load(loads, caller.Installation, id);
            return writes => current.Value is { } resource
                ? Decide(writes, resource, new PlanPeriods(PlanSubject.Of(id), spans.Value))
                : PartnerAnswer.Of(ResourceProblem.Unknown(id));
        }

        PartnerAnswer Decide(Writes writes, Resource current, PlanPeriods plans)
        {
            ResourceRemoval.Write(
                writes, fulfilment, caller.Installation, current, plans, Actor.Of(caller, "delete resource"), clock.GetUtcNow());
            return PartnerAnswer.NoContent;
        }
    }
}
