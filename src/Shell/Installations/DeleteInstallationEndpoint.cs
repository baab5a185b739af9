using LanguageExt;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Installations;
using Marketplace.Jobs.Billing;
using Marketplace.Shell.Audit;
using Marketplace.Shell.Authentication;
using Marketplace.Shell.Billing;
using Marketplace.Shell.BillingPlans;
using Marketplace.Shell.Http;
using Marketplace.Shell.Idempotency;
using Marketplace.Shell.Persistence;
using Marketplace.Shell.Resources;
using Npgsql;

namespace Marketplace.Shell.Installations;

/// <summary>
/// DELETE /v1/installations/{installationId}: service ends now, for every resource too, because Vercel does not delete them one
/// by one. What is left to bill is billed before the installation is final. Source: contract §B.1, §E.5.
/// </summary>
internal static class DeleteInstallationEndpoint
{
    public static readonly RequestDelegate Route = PartnerEndpoint.Mutation(Accepts.Either, Handle);

    private static Task<IResult> Handle(
        Caller caller, HttpRequest request, OptionalJsonBody<DeleteWire> body, Decisions decisions, TimeProvider clock,
        CancellationToken cancel)
    {
        return decisions.Decide(caller.Installation, KeyedCall.Of(request, body.Raw), Decide, cancel);

        async Task<PartnerAnswer> Decide(NpgsqlTransaction transaction, Writes writes)
        {
            var (now, actor) = (clock.GetUtcNow(), Actor.Of(caller, "uninstall"));
            var current = await InstallationRows.LoadForUpdate(transaction, caller.Installation, cancel);
            if (current is null)
                return PartnerAnswer.Of(InstallationProblem.Unknown(caller.Installation));

            return await InstallationTransitions
                .Apply(current, new InstallationCommand.Uninstall(body.Value?.Reason ?? ""), now)
                .MatchAsync(
                    RightAsync: async transition =>
                    {
                        if (transition.Events.IsEmpty)
                            return Finalized(transition.Next);

                        var removed = await RemoveResources(transaction, writes, actor, now);
                        InstallationRows.Save(writes, transition.Next);
                        EventRows.Append(writes, transition.Events, actor);
                        // The team may install anew from this moment on.
                        TeamRows.Release(writes, ((Installation.Uninstalling)transition.Next).Registration.AccountId, current.Id);
                        if (removed > 0)
                        {
                            // The last hour and the last invoice do not wait for the clock.
                            BillingScheduleRows.Schedule(writes, caller.Installation, BillingWork.Usage, now);
                            BillingScheduleRows.Schedule(writes, caller.Installation, BillingWork.Invoices, now);
                            BillingScheduleRows.Schedule(writes, caller.Installation, BillingWork.Finalization, now);
                            return Finalized(transition.Next);
                        }

                        // Nothing was ever provisioned, so there is nothing to bill and nothing to wait for.
                        var completed = Completed(transition.Next, now);
                        InstallationRows.Save(writes, completed.Next);
                        EventRows.Append(writes, completed.Events, actor);
                        BillingScheduleRows.End(writes, caller.Installation, BillingWork.Usage);
                        BillingScheduleRows.End(writes, caller.Installation, BillingWork.Invoices);
                        return Finalized(completed.Next);
                    },
                    Left: rejection => PartnerAnswer.Of(InstallationProblem.From(rejection)));
        }

        async Task<int> RemoveResources(NpgsqlTransaction transaction, Writes writes, Actor actor, DateTimeOffset now)
        {
            // The lock first: a provision that is being answered at this moment begins a plan, which has to end here.
            var resources = await ResourceRows.LoadAllForUpdate(transaction, caller.Installation, cancel);
            var plans = (await PlanPeriodRows.LoadAll(transaction, caller.Installation, cancel))
                .ToLookup(span => span.Resource);
            foreach (var resource in resources)
            {
                var spans = new PlanPeriods(resource.Id, plans[resource.Id].ToSeq().Strict());
                ResourceRemoval.Write(writes, caller.Installation, resource, spans, actor, now);
            }

            return resources.Count;
        }
    }

    private static Core.Transition<Installation, InstallationEvent> Completed(Installation going, DateTimeOffset now) =>
        InstallationTransitions.Apply(going, new InstallationCommand.Complete(), now).IfLeft(
            rejection => throw new System.Diagnostics.UnreachableException(rejection.GetType().Name));

    private static PartnerAnswer Finalized(Installation installation) =>
        PartnerAnswer.Ok(new DeletedWire(installation is Installation.Finalized));

    /// <param name="CascadeResourceDeletion">Resources are always removed with their installation, so that it changes nothing.</param>
    /// <param name="Reason">Any text: the values that Vercel sends are not published.</param>
    internal sealed record DeleteWire(bool? CascadeResourceDeletion = null, string? Reason = null);

    internal sealed record DeletedWire(bool Finalized);
}
