using System.Diagnostics;
using LanguageExt;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Notifications;
using static LanguageExt.Prelude;

namespace Marketplace.Core.Resources;

/// <summary>The life of a resource: who may do what, and what follows. Source: contract §B.2, §C.2.</summary>
public static class ResourceTransitions
{
    /// <summary>The birth of a resource: the intent, before the provisioner has done anything.</summary>
    public static Transition<Resource, ResourceEvent> Request(ResourceProfile profile) =>
        Moved(new Resource.Pending(profile),
              new ResourceEvent.ProvisioningRequested(profile.Id, profile.Product, profile.Plan, profile.CreatedAt));

    /// <summary>The same of something that is there already: it is pending until Vercel knows of it, and no provisioner is asked.</summary>
    public static Transition<Resource, ResourceEvent> RequestImport(ResourceProfile profile) =>
        Moved(new Resource.Pending(profile),
              new ResourceEvent.ImportRequested(profile.Id, profile.Product, profile.Ownership, profile.CreatedAt));

    /// <summary>Answers one command on an existing resource. Repeating a command changes nothing and emits nothing.</summary>
    public static Either<ResourceRejection, Transition<Resource, ResourceEvent>> Apply(
        Resource current, ResourceCommand command, DateTimeOffset now) =>
        command switch
        {
            ResourceCommand.CompleteProvisioning => CompleteProvisioning(current, now),
            ResourceCommand.FailProvisioning fail => FailProvisioning(current, fail.Reason, now),
            ResourceCommand.RequireOnboarding => RequireOnboarding(current, now),
            ResourceCommand.ReportFault report => ReportFault(current, report.Reason, now),
            ResourceCommand.Recover => Recover(current, now),
            ResourceCommand.Rename rename => Rename(current, rename.Name, now),
            ResourceCommand.ChangeMetadata change => ChangeMetadata(current, change.Metadata, now),
            ResourceCommand.ChangePlan change => ChangePlan(current, change.Plan, now),
            ResourceCommand.TakeBackChange back => TakeBackChange(current, back.Before, now),
            ResourceCommand.ComeUnderInstallation => ComeUnderInstallation(current, now),
            ResourceCommand.SchedulePlan schedule => SchedulePlan(current, schedule.Next, now),
            ResourceCommand.BeginNextPlan => BeginNextPlan(current, now),
            ResourceCommand.OptInToExperiments optIn => OptInToExperiments(current, optIn.EdgeConfigId, now),
            ResourceCommand.Suspend suspend => Suspend(current, suspend.Cause, suspend.Reason, now),
            ResourceCommand.Resume resume => Resume(current, resume.Cause, now),
            ResourceCommand.Notify notify => Notify(current, notify.Source, notify.Notice, now),
            ResourceCommand.Uninstall => Uninstall(current, now),
            _ => throw new UnreachableException(command.GetType().Name),
        };

    /// <summary>Answers several commands, one after the other: all of them, or none.</summary>
    public static Either<ResourceRejection, Transition<Resource, ResourceEvent>> ApplyAll(
        Resource current, Seq<ResourceCommand> commands, DateTimeOffset now)
    {
        Either<ResourceRejection, Transition<Resource, ResourceEvent>> done = Unchanged(current);
        return commands.Fold(done, (soFar, command) => soFar.Bind(before =>
            Apply(before.Next, command, now).Map(step => step with { Events = (before.Events + step.Events).Strict() })));
    }

    private static Either<ResourceRejection, Transition<Resource, ResourceEvent>> CompleteProvisioning(
        Resource current, DateTimeOffset now) =>
        current switch
        {
            Resource.Pending r => Ready(r.Profile, now),
            // It worked before: nothing is new but that the customer has taken the step.
            Resource.Onboarding r => Moved(new Resource.Ready(r.Profile), new ResourceEvent.Onboarded(r.Id, now)),
            Resource.Ready same => Unchanged(same),
            Resource.Resumed same => Unchanged(same),
            Resource.Suspended r => new ResourceRejection.NotProvisioning(r.Id),
            Resource.Error r => new ResourceRejection.ProvisioningHadFailed(r.Id, r.Reason),
            Resource.Uninstalled gone => new ResourceRejection.AlreadyUninstalled(gone.Id),
            _ => throw new UnreachableException(current.GetType().Name),
        };

    private static Transition<Resource, ResourceEvent> Ready(ResourceProfile profile, DateTimeOffset now) =>
        Moved(new Resource.Ready(profile),
              new ResourceEvent.BecameReady(profile.Id, profile.Product, profile.Plan, profile.Ownership, now));

    private static Either<ResourceRejection, Transition<Resource, ResourceEvent>> FailProvisioning(
        Resource current, string reason, DateTimeOffset now) =>
        current switch
        {
            Resource.Pending r => Moved(new Resource.Error(r.Profile, reason),
                                        new ResourceEvent.ProvisioningFailed(r.Id, reason, now)),
            Resource.Onboarding r => Moved(new Resource.Error(r.Profile, reason),
                                           new ResourceEvent.ProvisioningFailed(r.Id, reason, now)),
            Resource.Error same => Unchanged(same),
            Resource.Ready r => new ResourceRejection.NotProvisioning(r.Id),
            Resource.Resumed r => new ResourceRejection.NotProvisioning(r.Id),
            Resource.Suspended r => new ResourceRejection.NotProvisioning(r.Id),
            Resource.Uninstalled gone => new ResourceRejection.AlreadyUninstalled(gone.Id),
            _ => throw new UnreachableException(current.GetType().Name),
        };

    private static Either<ResourceRejection, Transition<Resource, ResourceEvent>> RequireOnboarding(
        Resource current, DateTimeOffset now) =>
        current switch
        {
            Resource.Ready or Resource.Resumed =>
                Moved(new Resource.Onboarding(current.Facts), new ResourceEvent.OnboardingAwaited(current.Id, now)),
            Resource.Onboarding same => Unchanged(same),
            Resource.Pending r => new ResourceRejection.StillProvisioning(r.Id),
            Resource.Suspended r => new ResourceRejection.CurrentlySuspended(r.Id),
            Resource.Error r => new ResourceRejection.ProvisioningHadFailed(r.Id, r.Reason),
            Resource.Uninstalled gone => new ResourceRejection.AlreadyUninstalled(gone.Id),
            _ => throw new UnreachableException(current.GetType().Name),
        };

    /// <summary>What is suspended does not work anyway, and says why.</summary>
    private static Either<ResourceRejection, Transition<Resource, ResourceEvent>> ReportFault(
        Resource current, string reason, DateTimeOffset now) =>
        current switch
        {
            Resource.Onboarding or Resource.Ready or Resource.Resumed when current.Facts.Fault == Some(reason) => Unchanged(current),
            Resource.Onboarding or Resource.Ready or Resource.Resumed =>
                Revised(current, profile => profile with { Fault = Some(reason) }, new ResourceEvent.FaultReported(current.Id, reason, now)),
            Resource.Pending r => new ResourceRejection.StillProvisioning(r.Id),
            Resource.Suspended r => new ResourceRejection.CurrentlySuspended(r.Id),
            Resource.Error r => new ResourceRejection.ProvisioningHadFailed(r.Id, r.Reason),
            Resource.Uninstalled gone => new ResourceRejection.AlreadyUninstalled(gone.Id),
            _ => throw new UnreachableException(current.GetType().Name),
        };

    private static Either<ResourceRejection, Transition<Resource, ResourceEvent>> Recover(Resource current, DateTimeOffset now) =>
        current.Facts.Fault.IsNone && current is not (Resource.Error or Resource.Uninstalled)
            ? Unchanged(current)
            : Revised(current, profile => profile with { Fault = None }, new ResourceEvent.Recovered(current.Id, now));

    private static Either<ResourceRejection, Transition<Resource, ResourceEvent>> Rename(
        Resource current, string name, DateTimeOffset now) =>
        current.Facts.Name == name && current is not (Resource.Error or Resource.Uninstalled)
            ? Unchanged(current)
            : Revised(current, profile => profile with { Name = name },
                      new ResourceEvent.Renamed(current.Id, current.Facts.Name, name, now));

    private static Either<ResourceRejection, Transition<Resource, ResourceEvent>> ChangeMetadata(
        Resource current, Map<string, MetadataValue> metadata, DateTimeOffset now) =>
        current.Facts.Metadata == metadata && current is not (Resource.Error or Resource.Uninstalled) ? Unchanged(current)
            : current is Resource.Suspended suspended ? new ResourceRejection.CurrentlySuspended(suspended.Id)
            : Revised(current, profile => profile with { Metadata = metadata },
                      new ResourceEvent.MetadataChanged(current.Id, now));

    /// <summary>A plan has a beginning: a resource that is not made yet has no other plan than the one it was asked with.</summary>
    private static Either<ResourceRejection, Transition<Resource, ResourceEvent>> ChangePlan(
        Resource current, PlanId plan, DateTimeOffset now) =>
        current switch
        {
            Resource.Uninstalled gone => new ResourceRejection.AlreadyUninstalled(gone.Id),
            Resource.Error r => new ResourceRejection.ProvisioningHadFailed(r.Id, r.Reason),
            _ when !current.Facts.IsOurs => new ResourceRejection.NotOurs(current.Id),
            _ when current.Facts.Plan == Some(plan) => Withdrawn(current, now),
            Resource.Pending r => new ResourceRejection.StillProvisioning(r.Id),
            Resource.Suspended r => new ResourceRejection.CurrentlySuspended(r.Id),
            Resource.Onboarding or Resource.Ready or Resource.Resumed => Begun(current, plan, now),
            _ => throw new UnreachableException(current.GetType().Name),
        };

    /// <summary>
    /// Also where it is suspended meanwhile. A plan is taken back for a plan alone: who came under the installation's stays there, because
    /// that plan is not this resource's to refuse.
    /// </summary>
    private static Either<ResourceRejection, Transition<Resource, ResourceEvent>> TakeBackChange(
        Resource current, PriorTerms before, DateTimeOffset now) =>
        current switch
        {
            Resource.Uninstalled gone => new ResourceRejection.AlreadyUninstalled(gone.Id),
            Resource.Error r => new ResourceRejection.ProvisioningHadFailed(r.Id, r.Reason),
            _ when !current.Facts.IsOurs => new ResourceRejection.NotOurs(current.Id),
            Resource.Pending r => new ResourceRejection.StillProvisioning(r.Id),
            Resource.Onboarding or Resource.Ready or Resource.Resumed or Resource.Suspended => TakenBack(current, before, now),
            _ => throw new UnreachableException(current.GetType().Name),
        };

    private static Either<ResourceRejection, Transition<Resource, ResourceEvent>> TakenBack(
        Resource current, PriorTerms before, DateTimeOffset now)
    {
        var facts = current.Facts;
        var plan = facts.Plan.Bind(_ => before.Plan).Filter(prior => facts.Plan != Some(prior));
        var happened = (plan.Map<ResourceEvent>(prior => new ResourceEvent.PlanChanged(facts.Id, facts.Plan, prior, now)).ToSeq()
            + (facts.Metadata == before.Metadata ? Seq<ResourceEvent>() : Seq1<ResourceEvent>(new ResourceEvent.MetadataChanged(facts.Id, now)))).Strict();
        return happened.HeadOrNone().Match(
            first => Revised(current, profile => profile with { Plan = plan | profile.Plan, Metadata = before.Metadata }, first)
                .Map(step => step with { Events = happened }),
            () => Unchanged(current));
    }

    private static Either<ResourceRejection, Transition<Resource, ResourceEvent>> ComeUnderInstallation(Resource current, DateTimeOffset now) =>
        current switch
        {
            Resource.Uninstalled gone => new ResourceRejection.AlreadyUninstalled(gone.Id),
            Resource.Error r => new ResourceRejection.ProvisioningHadFailed(r.Id, r.Reason),
            _ when current.Facts.Plan.IsNone => Withdrawn(current, now),
            Resource.Pending r => new ResourceRejection.StillProvisioning(r.Id),
            Resource.Suspended r => new ResourceRejection.CurrentlySuspended(r.Id),
            Resource.Onboarding or Resource.Ready or Resource.Resumed => current.Facts.Plan.Match(
                own => Revised(current, profile => profile with { Plan = None, NextPlan = None },
                               new ResourceEvent.CameUnderInstallation(current.Id, own, now)),
                () => Unchanged(current)),
            _ => throw new UnreachableException(current.GetType().Name),
        };

    private static Either<ResourceRejection, Transition<Resource, ResourceEvent>> SchedulePlan(
        Resource current, NextPlan next, DateTimeOffset now) =>
        current switch
        {
            Resource.Uninstalled gone => new ResourceRejection.AlreadyUninstalled(gone.Id),
            Resource.Error r => new ResourceRejection.ProvisioningHadFailed(r.Id, r.Reason),
            _ when !current.Facts.IsOurs => new ResourceRejection.NotOurs(current.Id),
            _ when current.Facts.NextPlan == Some(next) => Unchanged(current),
            Resource.Pending r => new ResourceRejection.StillProvisioning(r.Id),
            Resource.Suspended r => new ResourceRejection.CurrentlySuspended(r.Id),
            Resource.Onboarding or Resource.Ready or Resource.Resumed =>
                Revised(current, profile => profile with { NextPlan = Some(next) },
                        new ResourceEvent.PlanScheduled(current.Id, next.Plan, next.EffectiveAt, now)),
            _ => throw new UnreachableException(current.GetType().Name),
        };

    /// <summary>It began when it was due, not when somebody came to look; a suspension in between does not put it off.</summary>
    private static Either<ResourceRejection, Transition<Resource, ResourceEvent>> BeginNextPlan(Resource current, DateTimeOffset now) =>
        current switch
        {
            Resource.Uninstalled or Resource.Error => Unchanged(current),
            Resource.Pending or Resource.Onboarding or Resource.Ready or Resource.Resumed or Resource.Suspended =>
                current.Facts.NextPlan.Match(
                    next => next.EffectiveAt > now ? new ResourceRejection.NextPlanNotDue(current.Id, next.EffectiveAt)
                        : current.Facts.Plan == Some(next.Plan) ? Withdrawn(current, next.EffectiveAt)
                        : Begun(current, next.Plan, next.EffectiveAt),
                    () => Unchanged(current)),
            _ => throw new UnreachableException(current.GetType().Name),
        };

    private static Either<ResourceRejection, Transition<Resource, ResourceEvent>> Begun(Resource current, PlanId plan, DateTimeOffset at) =>
        Revised(current, profile => profile with { Plan = Some(plan), NextPlan = None },
                new ResourceEvent.PlanChanged(current.Id, current.Facts.Plan, plan, at));

    private static Either<ResourceRejection, Transition<Resource, ResourceEvent>> Withdrawn(Resource current, DateTimeOffset now) =>
        current.Facts.NextPlan.Match(
            next => Revised(current, profile => profile with { NextPlan = None },
                            new ResourceEvent.ScheduledPlanWithdrawn(current.Id, next.Plan, now)),
            () => Unchanged(current));

    private static Either<ResourceRejection, Transition<Resource, ResourceEvent>> OptInToExperiments(
        Resource current, string edgeConfigId, DateTimeOffset now) =>
        current.Facts.EdgeConfigId == Some(edgeConfigId) && current is not (Resource.Error or Resource.Uninstalled)
            ? Unchanged(current)
            : Revised(current, profile => profile with { EdgeConfigId = Some(edgeConfigId) },
                      new ResourceEvent.OptedInToExperiments(current.Id, edgeConfigId, now));

    /// <summary>What is not ours owes us nothing, and nobody here could cut it off.</summary>
    private static Either<ResourceRejection, Transition<Resource, ResourceEvent>> Suspend(
        Resource current, SuspensionCause cause, string reason, DateTimeOffset now) =>
        current switch
        {
            Resource.Ready or Resource.Resumed or Resource.Onboarding when !current.Facts.IsOurs => new ResourceRejection.NotOurs(current.Id),
            Resource.Ready or Resource.Resumed or Resource.Onboarding =>
                Moved(new Resource.Suspended(current.Facts, Map((cause, reason))),
                      new ResourceEvent.Suspended(current.Id, cause, reason, now)),
            Resource.Suspended same when same.Causes.Find(cause) == Some(reason) => Unchanged(same),
            Resource.Suspended r => Moved(r with { Causes = r.Causes.AddOrUpdate(cause, reason) },
                                          new ResourceEvent.Suspended(r.Id, cause, reason, now)),
            Resource.Pending r => new ResourceRejection.StillProvisioning(r.Id),
            Resource.Error r => new ResourceRejection.ProvisioningHadFailed(r.Id, r.Reason),
            Resource.Uninstalled gone => new ResourceRejection.AlreadyUninstalled(gone.Id),
            _ => throw new UnreachableException(current.GetType().Name),
        };

    /// <summary>A cause that never held is gone as well, so that whoever lifts it need not know.</summary>
    private static Either<ResourceRejection, Transition<Resource, ResourceEvent>> Resume(
        Resource current, SuspensionCause cause, DateTimeOffset now) =>
        current switch
        {
            Resource.Suspended same when !same.Causes.ContainsKey(cause) => Unchanged(same),
            Resource.Suspended r when r.Causes.Count > 1 => Moved(r with { Causes = r.Causes.Remove(cause) },
                                                                  new ResourceEvent.SuspensionEased(r.Id, cause, now)),
            Resource.Suspended r => Moved(new Resource.Resumed(r.Profile), new ResourceEvent.Resumed(r.Id, cause, now)),
            Resource.Resumed or Resource.Ready or Resource.Onboarding or Resource.Pending => Unchanged(current),
            Resource.Error r => new ResourceRejection.ProvisioningHadFailed(r.Id, r.Reason),
            Resource.Uninstalled gone => new ResourceRejection.AlreadyUninstalled(gone.Id),
            _ => throw new UnreachableException(current.GetType().Name),
        };

    private static Either<ResourceRejection, Transition<Resource, ResourceEvent>> Notify(
        Resource current, NoticeSource source, Option<Notice> notice, DateTimeOffset now) =>
        current.Facts.Notices.From(source) == notice && current is not (Resource.Error or Resource.Uninstalled)
            ? Unchanged(current)
            : Revised(current, profile => profile with { Notices = profile.Notices.With(source, notice) },
                      new ResourceEvent.Notified(current.Id, source, notice, now));

    private static Either<ResourceRejection, Transition<Resource, ResourceEvent>> Uninstall(
        Resource current, DateTimeOffset now) =>
        current switch
        {
            Resource.Uninstalled same => Unchanged(same),
            Resource.Pending or Resource.Onboarding or Resource.Ready or Resource.Resumed
                or Resource.Suspended or Resource.Error =>
                Moved(new Resource.Uninstalled(current.Facts, now), new ResourceEvent.Uninstalled(current.Id, now)),
            _ => throw new UnreachableException(current.GetType().Name),
        };

    /// <summary>The same stage with other facts, where there is something to revise.</summary>
    private static Either<ResourceRejection, Transition<Resource, ResourceEvent>> Revised(
        Resource current, Func<ResourceProfile, ResourceProfile> revise, ResourceEvent happened) =>
        current switch
        {
            Resource.Pending r => Moved(new Resource.Pending(revise(r.Profile)), happened),
            Resource.Onboarding r => Moved(new Resource.Onboarding(revise(r.Profile)), happened),
            Resource.Ready r => Moved(new Resource.Ready(revise(r.Profile)), happened),
            Resource.Resumed r => Moved(new Resource.Resumed(revise(r.Profile)), happened),
            Resource.Suspended r => Moved(r with { Profile = revise(r.Profile) }, happened),
            Resource.Error r => new ResourceRejection.ProvisioningHadFailed(r.Id, r.Reason),
            Resource.Uninstalled gone => new ResourceRejection.AlreadyUninstalled(gone.Id),
            _ => throw new UnreachableException(current.GetType().Name),
        };

    private static Transition<Resource, ResourceEvent> Moved(Resource next, ResourceEvent happened) =>
        new(next, Seq1(happened));

    private static Transition<Resource, ResourceEvent> Unchanged(Resource same) => new(same, Empty);
}
