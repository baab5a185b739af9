using System.Diagnostics;
using LanguageExt;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Installations;
using Marketplace.Core.Resources;
using Marketplace.Jobs.Outbox;
using Marketplace.Shell.Audit;
using Marketplace.Shell.BillingPlans;
using Marketplace.Shell.Http;
using Marketplace.Shell.Idempotency;
using Marketplace.Shell.Installations;
using Marketplace.Shell.Outbox;
using Marketplace.Shell.Persistence;
using Marketplace.Shell.Provisioning;
using static LanguageExt.Prelude;

namespace Marketplace.Shell.Resources;

/// <summary>
/// What the provider does to a resource on its own account: by the same transitions as everybody else, told to Vercel by the outbox in the
/// order in which it happened, and written down with the key that asked and its reason.
/// </summary>
internal sealed class ProviderResources(ProviderDecisions decisions, Fulfilment fulfilment, TimeProvider clock)
{
    public Task<IResult> SetStatus(ResourceCall call, SetStatus said, CancellationToken cancel) => Decide(
        call,
        (writes, current, now) => said.Decide(current, now).Match(
            Right: transition =>
            {
                if (!transition.Events.IsEmpty)
                {
                    ResourceRows.Save(writes, call.Installation, transition.Next);
                    EventRows.Append(writes, call.Installation, transition.Events, call.Actor("set status"));
                    OutboxRows.Append(writes, call.Installation, call.Id, MessageKind.ResourceStatus, now, now);
                }

                return Shown(call, transition.Next);
            },
            Left: Refused),
        cancel);

    /// <param name="reason">For the customer to read.</param>
    public Task<IResult> Suspend(ResourceCall call, string reason, CancellationToken cancel) =>
        Change(call, new ResourceCommand.Suspend(SuspensionCause.Provider, reason), "suspend", cancel);

    /// <summary>Lifts the provider's own suspension, and nobody else's: what is unpaid or used up keeps the resource out of service.</summary>
    public Task<IResult> Resume(ResourceCall call, CancellationToken cancel) =>
        Change(call, new ResourceCommand.Resume(SuspensionCause.Provider), "resume", cancel);

    /// <summary>Another name, or another plan.</summary>
    public Task<IResult> Update(ResourceCall call, UpdateRequest asked, string cause, CancellationToken cancel)
    {
        return decisions.Decide(call.Installation, call.Call, Look, cancel);

        Func<Writes, PartnerAnswer> Look(Loads loads)
        {
            var update = ResourceUpdate.Look(loads, fulfilment, call.Installation, call.Id, asked);
            return writes =>
            {
                var now = clock.GetUtcNow();
                return update.Decide(writes, call.Actor(cause), now) switch
                {
                    UpdateOutcome.Done done => Updated(writes, done, now),
                    UpdateOutcome.NoInstallation => PartnerAnswer.Of(ProviderResourceProblem.NoInstallation(call.Installation)),
                    UpdateOutcome.NoResource => PartnerAnswer.Of(ProviderResourceProblem.NoResource(call.Id)),
                    UpdateOutcome.ResourceGone => Refused(new ResourceRejection.AlreadyUninstalled(call.Id)),
                    UpdateOutcome.Wrong(var errors) => PartnerAnswer.Of(ProviderProblems.Invalid(errors)),
                    UpdateOutcome.Refused(var rejection) => Refused(rejection),
                    var other => throw new UnreachableException(other.GetType().Name),
                };
            };
        }

        PartnerAnswer Updated(Writes writes, UpdateOutcome.Done done, DateTimeOffset now)
        {
            if (done.HasChanged)
                OutboxRows.Append(writes, call.Installation, call.Id, MessageKind.ResourceFacts, now, now);
            if (done.HasInstallationChanged)
                OutboxRows.Append(writes, call.Installation, MessageKind.InstallationSync, now);
            return Shown(call, done.Resource);
        }
    }

    /// <summary>From this moment on it is not billed. The worker takes it down, and Vercel shows it no more.</summary>
    public Task<IResult> Delete(ResourceCall call, CancellationToken cancel)
    {
        return decisions.Decide(call.Installation, call.Call, Look, cancel);

        Func<Writes, PartnerAnswer> Look(Loads loads)
        {
            var owner = InstallationRows.Load(loads, call.Installation);
            var locked = ResourceRows.LoadForUpdate(loads, call.Installation, call.Id);
            var spans = PlanPeriodRows.Load(loads, call.Installation, call.Id);
            return writes => (owner.Value, locked.Value) switch
            {
                (null, _) => PartnerAnswer.Of(ProviderResourceProblem.NoInstallation(call.Installation)),
                (_, null) => PartnerAnswer.Of(ProviderResourceProblem.NoResource(call.Id)),
                (_, Resource.Uninstalled gone) => Shown(call, gone),
                var (_, current) => Deleted(writes, current, new PlanPeriods(PlanSubject.Of(call.Id), spans.Value)),
            };
        }

        PartnerAnswer Deleted(Writes writes, Resource current, PlanPeriods plans)
        {
            var now = clock.GetUtcNow();
            ResourceRemoval.Write(writes, fulfilment, call.Installation, current, plans, call.Actor("delete resource"), now);
            OutboxRows.Append(writes, call.Installation, call.Id, MessageKind.ResourceRemoval, now, now);
            return Shown(call, new Resource.Uninstalled(current.Facts, now));
        }
    }

    private Task<IResult> Change(ResourceCall call, ResourceCommand command, string cause, CancellationToken cancel) => Decide(
        call,
        (writes, current, now) => ResourceTransitions.Apply(current, command, now).Match(
            Right: transition =>
            {
                ResourceSuspension.Write(writes, fulfilment, call.Installation, current, Seq1(command), call.Actor(cause), now);
                return Shown(call, transition.Next);
            },
            Left: Refused),
        cancel);

    private Task<IResult> Decide(
        ResourceCall call, Func<Writes, Resource, DateTimeOffset, PartnerAnswer> decide, CancellationToken cancel)
    {
        return decisions.Decide(call.Installation, call.Call, Look, cancel);

        Func<Writes, PartnerAnswer> Look(Loads loads)
        {
            var owner = InstallationRows.Load(loads, call.Installation);
            var locked = ResourceRows.LoadForUpdate(loads, call.Installation, call.Id);
            return writes => (owner.Value, locked.Value) switch
            {
                (null, _) => PartnerAnswer.Of(ProviderResourceProblem.NoInstallation(call.Installation)),
                (_, null) => PartnerAnswer.Of(ProviderResourceProblem.NoResource(call.Id)),
                var (_, current) => decide(writes, current, clock.GetUtcNow()),
            };
        }
    }

    private static PartnerAnswer Shown(ResourceCall call, Resource resource) => PartnerAnswer.Ok(ListedResourceWire.Of(call.Installation, resource));

    private static PartnerAnswer Refused(ResourceRejection rejection) => PartnerAnswer.Of(ProviderResourceProblem.From(rejection));
}
