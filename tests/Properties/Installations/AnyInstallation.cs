using FsCheck;
using FsCheck.Fluent;
using LanguageExt;
using Marketplace.Core;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Installations;
using Marketplace.Core.Notifications;
using Marketplace.Core.Resources;
using Marketplace.Properties.Notifications;
using Marketplace.Properties.Time;
using static LanguageExt.Prelude;

namespace Marketplace.Properties.Installations;

/// <summary>Installations as they can be, and what can be asked of them. Few different values, so that some are equal.</summary>
internal static class AnyInstallation
{
    public static readonly Gen<InstallationId> Id = Gen.Choose(1, 3).Select(number => new InstallationId($"icfg_{number}"));

    public static readonly Gen<PlanId> Plan = Gen.Elements("team-free", "team-pro", "team-max").Select(id => new PlanId(id));

    public static readonly Gen<Registration> Registration =
        from account in Gen.Choose(1, 2)
        from contact in Gen.Elements(None, Some(new Contact("owner@example.com", None)))
        from scopes in Gen.Elements(Seq1("read-write:marketplace"), Seq("read-write:marketplace", "read:integration-configuration"))
        from accepted in AnyTime.Moment
        from policies in Gen.Elements(Map<string, DateTimeOffset>(), Map(("toc", accepted)))
        select new Registration(
            new AccountId($"account-{account}"), new Account("https://example.com/team", None, contact), scopes, policies);

    public static readonly Gen<Option<PlanId>> PlanOrNone = Gen.OneOf(Gen.Constant(Option<PlanId>.None), Plan.Select(Some));

    public static readonly Gen<Installation.Active> Active =
        from id in Id
        from registration in Registration
        from plan in PlanOrNone
        from installed in AnyTime.Moment
        from anchor in AnyTime.Anchor
        from notices in AnyNotice.Notices
        select new Installation.Active(id, registration, plan, installed) { Anchor = anchor, Notices = notices };

    public static readonly Gen<Installation> State = Gen.OneOf(
        Active.As<Installation, Installation.Active>(),
        from was in Active
        from later in AnyTime.Moment
        from reason in Gen.Elements("", "no longer needed")
        select (Installation)new Installation.Uninstalling(was.Id, was.Registration, was.Plan, was.InstalledAt, later, reason) { Anchor = was.Anchor },
        from id in Id from at in AnyTime.Moment select (Installation)new Installation.Finalized(id, at));

    public static readonly Gen<Option<InstallationId>> IdOrNone = Gen.OneOf(Gen.Constant(Option<InstallationId>.None), Id.Select(Some));

    public static readonly Gen<InstallationCommand> Command = Gen.OneOf(
        from registration in Registration
        from ofTeam in IdOrNone
        select (InstallationCommand)new InstallationCommand.Register(registration, ofTeam),
        Registration.Select(registration => (InstallationCommand)new InstallationCommand.LearnAccount(registration.Account)),
        from registration in Registration
        from ofTeam in IdOrNone
        select (InstallationCommand)new InstallationCommand.MoveToTeam(registration.AccountId, ofTeam),
        Registration.Select(registration => (InstallationCommand)new InstallationCommand.ChangeScopes(registration.Scopes)),
        Plan.Select(plan => (InstallationCommand)new InstallationCommand.ChangePlan(plan)),
        from source in AnyNotice.Source
        from notice in AnyNotice.NoticeOrNone
        select (InstallationCommand)new InstallationCommand.Notify(source, notice),
        from reason in Gen.Elements("", "moved away")
        from kept in Gen.Elements(Seq<ResourceId>(), Seq<ResourceId>(), Seq1(new ResourceId("res_1")))
        select (InstallationCommand)new InstallationCommand.Uninstall(reason, kept),
        Gen.Constant((InstallationCommand)new InstallationCommand.Complete()));

    public static readonly Gen<Transition<Installation, InstallationEvent>> Birth =
        from id in Id
        from registration in Registration
        from plan in PlanOrNone
        from anchor in AnyTime.Anchor
        from now in AnyTime.Moment
        select InstallationTransitions.Install(id, registration, plan, anchor, None, now)
            .IfLeft(rejection => throw new InvalidOperationException(rejection.ToString()));
}
