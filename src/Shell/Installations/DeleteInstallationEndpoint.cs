using LanguageExt;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Installations;
using Marketplace.Core.Resources;
using Marketplace.Jobs.Billing;
using Marketplace.Shell.Audit;
using Marketplace.Shell.Authentication;
using Marketplace.Shell.Billing;
using Marketplace.Shell.BillingPlans;
using Marketplace.Shell.Http;
using Marketplace.Shell.Idempotency;
using Marketplace.Shell.Persistence;
using Marketplace.Shell.Provisioning;
using Marketplace.Shell.Resources;

namespace Marketplace.Shell.Installations;

/// <summary>
/// DELETE /v1/installations/{installationId}: service ends now, for every resource too, because Vercel does not delete them one
/// by one. What is left to bill is billed before the installation is final. Source: contract §B.1, §E.5.
/// </summary>
internal static class DeleteInstallationEndpoint
{
    public static readonly RequestDelegate Route = PartnerEndpoint.Mutation(Accepts.Either, Handle);

    private static Task<IResult> Handle(
        Caller caller, HttpRequest request, OptionalJsonBody<DeleteWire> body, Decisions decisions, Fulfilment fulfilment,
        TimeProvider clock, CancellationToken cancel)
    {
        return decisions.Decide(caller.Installation, KeyedCall.Of(request, body.Raw), Look, cancel);

        Func<Writes, PartnerAnswer> Look(Loads loads)
        {
            var current = InstallationRows.LoadForUpdate(loads, caller.Installation);
            // The lock first: a provision that is being answered at this moment begins a plan, which has to end here.
            var resources = ResourceRows.LoadAllForUpdate(loads, caller.Installation);
            var spans = PlanPeriodRows.LoadAll(loads, caller.Installation);
            return writes => current.Value is { } installation
                ? Decide(writes, installation, resources.Value, spans.Value)
                : PartnerAnswer.Of(InstallationProblem.Unknown(caller.Installation));
        }

        PartnerAnswer Decide(Writes writes, Installation current, Seq<Resource> resources, Seq<PlanPeriod> spans)
        {
            var (now, actor) = (clock.GetUtcNow(), Actor.Of(caller, "uninstall"));
            return InstallationTransitions.Apply(current, new InstallationCommand.Uninstall(body.Value?.Reason ?? ""), now).Match(
                Right: transition =>
                {
                    if (transition.Next is not Installation.Uninstalling going || transition.Events.IsEmpty)
                        return Finalized(transition.Next);

                    Remove(writes, resources, spans, actor, now);
                    InstallationRows.Save(writes, going);
                    EventRows.Append(writes, transition.Events, actor);
                    // The team may install anew from this moment on.
                    TeamRows.Release(writes, going.Registration.AccountId, going.Id);
                    return resources.IsEmpty ? End(writes, going, actor, now) : BillTheRest(writes, going, now);
                },
                Left: rejection => PartnerAnswer.Of(InstallationProblem.From(rejection)));
        }

        void Remove(Writes writes, Seq<Resource> resources, Seq<PlanPeriod> spans, Actor actor, DateTimeOffset now)
        {
            var plans = spans.ToLookup(span => span.Resource);
            foreach (var resource in resources)
            {
                var ofResource = new PlanPeriods(resource.Id, plans[resource.Id].ToSeq().Strict());
                ResourceRemoval.Write(writes, fulfilment, caller.Installation, resource, ofResource, actor, now);
            }
        }

        // The last hour and the last invoice do not wait for the clock.
        PartnerAnswer BillTheRest(Writes writes, Installation going, DateTimeOffset now)
        {
            BillingScheduleRows.Schedule(writes, going.Id, BillingWork.Usage, now);
            BillingScheduleRows.Schedule(writes, going.Id, BillingWork.Invoices, now);
            BillingScheduleRows.Schedule(writes, going.Id, BillingWork.Finalization, now);
            return Finalized(going);
        }

        // Nothing was ever provisioned, so there is nothing to bill and nothing to wait for.
        PartnerAnswer End(Writes writes, Installation going, Actor actor, DateTimeOffset now)
        {
            var completed = Completed(going, now);
            InstallationRows.Save(writes, completed.Next);
            EventRows.Append(writes, completed.Events, actor);
            BillingScheduleRows.End(writes, going.Id, BillingWork.Usage);
            BillingScheduleRows.End(writes, going.Id, BillingWork.Invoices);
            return Finalized(completed.Next);
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
