using System.Diagnostics;
using LanguageExt;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Notifications;
using Marketplace.Core.Time;
using static LanguageExt.Prelude;

namespace Marketplace.Core.Installations;

/// <summary>The life of an installation: who may do what, and what follows. Source: contract §B.1, §E.1, §E.5, §E.6.</summary>
public static class InstallationTransitions
{
    /// <summary>The birth of an installation, by the first upsert of its id.</summary>
    /// <param name="plan">The default plan when the integration is billed per installation; none when per resource.</param>
    /// <param name="anchor">Of its billing periods, as the catalogue says now.</param>
    /// <param name="ofTeam">The active installation of the same team, if there is one: one that is being uninstalled does not count.</param>
    public static Either<InstallationRejection, Transition<Installation, InstallationEvent>> Install(
        InstallationId id, Registration registration, Option<PlanId> plan, BillingAnchor anchor, Option<InstallationId> ofTeam,
        DateTimeOffset now) =>
        Another(id, registration, ofTeam).Match<Either<InstallationRejection, Transition<Installation, InstallationEvent>>>(
            Some: another => another,
            None: () => Moved(new Installation.Active(id, registration, plan, now) { Anchor = anchor },
                              new InstallationEvent.Installed(id, registration.AccountId, plan, now)));

    /// <summary>Answers one command on an installation. Repeating a command changes nothing and emits nothing.</summary>
    public static Either<InstallationRejection, Transition<Installation, InstallationEvent>> Apply(
        Installation current, InstallationCommand command, DateTimeOffset now) =>
        command switch
        {
            InstallationCommand.Register register => Register(current, register, now),
            InstallationCommand.LearnAccount told => LearnAccount(current, told.Account, now),
            InstallationCommand.MoveToTeam move => MoveToTeam(current, move, now),
            InstallationCommand.ChangeScopes told => ChangeScopes(current, told.Scopes, now),
            InstallationCommand.ChangePlan change => ChangePlan(current, change.Plan, now),
            InstallationCommand.Notify notify => Notify(current, notify, now),
            InstallationCommand.Uninstall uninstall => Uninstall(current, uninstall, now),
            InstallationCommand.Complete => Complete(current, now),
            _ => throw new UnreachableException(command.GetType().Name),
        };

    private static Either<InstallationRejection, Transition<Installation, InstallationEvent>> Register(
        Installation current, InstallationCommand.Register told, DateTimeOffset now) =>
        current switch
        {
            Installation.Active active => Register(active, active.Registration.Renewed(told.Registration), told.OfTeam, now),
            Installation.Uninstalling going => new InstallationRejection.BeingUninstalled(going.Id),
            Installation.Finalized gone => new InstallationRejection.AlreadyFinalized(gone.Id),
            _ => throw new UnreachableException(current.GetType().Name),
        };

    private static Either<InstallationRejection, Transition<Installation, InstallationEvent>> Register(
        Installation.Active active, Registration renewed, Option<InstallationId> ofTeam, DateTimeOffset now)
    {
        if (renewed == active.Registration)
        {
            return Unchanged(active);
        }

        // A team keeps what it has. Only who comes from another team needs a free place.
        var another = renewed.AccountId == active.Registration.AccountId
            ? Option<InstallationRejection>.None
            : Another(active.Id, renewed, ofTeam);
        return another.Match<Either<InstallationRejection, Transition<Installation, InstallationEvent>>>(
            Some: refused => refused,
            None: () => Moved(active with { Registration = renewed }, new InstallationEvent.Registered(active.Id, now)));
    }

    /// <summary>Whoever is on the way out is left with the contact that there was.</summary>
    private static Either<InstallationRejection, Transition<Installation, InstallationEvent>> LearnAccount(
        Installation current, Account account, DateTimeOffset now) =>
        current switch
        {
            Installation.Active same when same.Registration.Account == account => Unchanged(same),
            Installation.Active active => Moved(active with { Registration = active.Registration with { Account = account } },
                                                new InstallationEvent.AccountChanged(active.Id, now)),
            Installation.Uninstalling going => Unchanged(going),
            Installation.Finalized gone => Unchanged(gone),
            _ => throw new UnreachableException(current.GetType().Name),
        };

    /// <summary>Whoever is on the way out takes no place with a team, and may still change hands.</summary>
    private static Either<InstallationRejection, Transition<Installation, InstallationEvent>> MoveToTeam(
        Installation current, InstallationCommand.MoveToTeam move, DateTimeOffset now) =>
        current switch
        {
            Installation.Active same when same.Registration.AccountId == move.Team => Unchanged(same),
            Installation.Active active => Another(active.Id, Moved(active.Registration, move), move.OfTeam)
                .Match<Either<InstallationRejection, Transition<Installation, InstallationEvent>>>(
                    Some: refused => refused,
                    None: () => Moved(active with { Registration = Moved(active.Registration, move) }, Moved(active.Id, active.Registration, move, now))),
            Installation.Uninstalling same when same.Registration.AccountId == move.Team => Unchanged(same),
            Installation.Uninstalling going => Moved(
                going with { Registration = Moved(going.Registration, move) }, Moved(going.Id, going.Registration, move, now)),
            Installation.Finalized gone => Unchanged(gone),
            _ => throw new UnreachableException(current.GetType().Name),
        };

    private static Registration Moved(Registration before, InstallationCommand.MoveToTeam move) =>
        before with { AccountId = move.Team };

    private static InstallationEvent.MovedToTeam Moved(
        InstallationId id, Registration before, InstallationCommand.MoveToTeam move, DateTimeOffset now) =>
        new(id, before.AccountId, move.Team, now);

    private static Either<InstallationRejection, Transition<Installation, InstallationEvent>> ChangeScopes(
        Installation current, Seq<string> scopes, DateTimeOffset now) =>
        current switch
        {
            Installation.Active same when same.Registration.Scopes == scopes => Unchanged(same),
            Installation.Active active => Moved(active with { Registration = active.Registration with { Scopes = scopes } },
                                                new InstallationEvent.ScopesChanged(active.Id, scopes, now)),
            Installation.Uninstalling going => Unchanged(going),
            Installation.Finalized gone => Unchanged(gone),
            _ => throw new UnreachableException(current.GetType().Name),
        };

    private static Either<InstallationRejection, Transition<Installation, InstallationEvent>> ChangePlan(
        Installation current, PlanId plan, DateTimeOffset now) =>
        current switch
        {
            Installation.Active { Plan.IsNone: true } perResource =>
                new InstallationRejection.BilledPerResource(perResource.Id),
            Installation.Active same when same.Plan == Some(plan) => Unchanged(same),
            Installation.Active active => Moved(active with { Plan = Some(plan) },
                                                new InstallationEvent.PlanChanged(active.Id, active.Plan, plan, now)),
            Installation.Uninstalling going => new InstallationRejection.BeingUninstalled(going.Id),
            Installation.Finalized gone => new InstallationRejection.AlreadyFinalized(gone.Id),
            _ => throw new UnreachableException(current.GetType().Name),
        };

    private static Either<InstallationRejection, Transition<Installation, InstallationEvent>> Notify(
        Installation current, InstallationCommand.Notify told, DateTimeOffset now) =>
        current switch
        {
            Installation.Active same when same.Notices.From(told.Source) == told.Notice => Unchanged(same),
            Installation.Active active => Moved(
                active with { Notices = active.Notices.With(told.Source, told.Notice) },
                new InstallationEvent.Notified(active.Id, told.Source, told.Notice, now)),
            Installation.Uninstalling going => new InstallationRejection.BeingUninstalled(going.Id),
            Installation.Finalized gone => new InstallationRejection.AlreadyFinalized(gone.Id),
            _ => throw new UnreachableException(current.GetType().Name),
        };

    private static Either<InstallationRejection, Transition<Installation, InstallationEvent>> Uninstall(
        Installation current, InstallationCommand.Uninstall asked, DateTimeOffset now) =>
        current switch
        {
            Installation.Active a when !asked.Kept.IsEmpty => new InstallationRejection.ResourcesRemain(a.Id, asked.Kept.Count),
            Installation.Active a => Moved(
                new Installation.Uninstalling(a.Id, a.Registration, a.Plan, a.InstalledAt, now, asked.Reason) { Anchor = a.Anchor },
                new InstallationEvent.UninstallRequested(a.Id, asked.Reason, now)),
            Installation.Uninstalling same => Unchanged(same),
            Installation.Finalized same => Unchanged(same),
            _ => throw new UnreachableException(current.GetType().Name),
        };

    private static Either<InstallationRejection, Transition<Installation, InstallationEvent>> Complete(
        Installation current, DateTimeOffset now) =>
        current switch
        {
            Installation.Active active => new InstallationRejection.NotBeingUninstalled(active.Id),
            Installation.Uninstalling going => Moved(new Installation.Finalized(going.Id, now) { Anchor = going.Anchor },
                                                     new InstallationEvent.Finalized(going.Id, now)),
            Installation.Finalized same => Unchanged(same),
            _ => throw new UnreachableException(current.GetType().Name),
        };

    private static Option<InstallationRejection> Another(
        InstallationId id, Registration registration, Option<InstallationId> ofTeam) =>
        ofTeam.Filter(active => active != id)
            .Map<InstallationRejection>(active => new InstallationRejection.TeamHasAnother(registration.AccountId, active));

    private static Transition<Installation, InstallationEvent> Moved(Installation next, InstallationEvent happened) =>
        new(next, Seq1(happened));

    private static Transition<Installation, InstallationEvent> Unchanged(Installation same) => new(same, Empty);
}
