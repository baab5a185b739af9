using Marketplace.Core.Resources;
using Marketplace.Shell.Audit;
using Marketplace.Shell.Authentication;
using Marketplace.Shell.BillingPlans;
using Marketplace.Shell.Http;
using Marketplace.Shell.Idempotency;
using Marketplace.Shell.Persistence;
using Npgsql;

namespace Marketplace.Shell.Resources;

/// <summary>
/// DELETE /v1/installations/{installationId}/resources/{resourceId}: from this moment it is not billed. The worker takes it down.
/// Source: contract §B.2.
/// </summary>
internal static class DeleteResourceEndpoint
{
    public static readonly RequestDelegate Route = PartnerEndpoint.Mutation(Accepts.Either, Handle);

    private static Task<IResult> Handle(
        Caller caller, string resourceId, HttpRequest request, RawBody body, Decisions decisions, TimeProvider clock,
        CancellationToken cancel)
    {
        return decisions.Decide(caller.Installation, KeyedCall.Of(request, body), Decide, cancel);

        async Task<PartnerAnswer> Decide(NpgsqlTransaction transaction, Writes writes)
        {
            var id = new ResourceId(resourceId);
            var current = await ResourceRows.LoadForUpdate(transaction, caller.Installation, id, cancel);
            if (current is null)
                return PartnerAnswer.Of(ResourceProblem.Unknown(id));

            var plans = await PlanPeriodRows.Load(transaction, caller.Installation, id, cancel);
            ResourceRemoval.Write(
                writes, caller.Installation, current, plans, Actor.Of(caller, "delete resource"), clock.GetUtcNow());
            return PartnerAnswer.NoContent;
        }
    }
}
