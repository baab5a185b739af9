using FsCheck.Fluent;
using LanguageExt;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Installations;
using Marketplace.Core.Resources;
using Marketplace.Core.Time;
using Marketplace.Properties.Time;
using Xunit;

namespace Marketplace.Properties.Installations;

public sealed class InstallationLaws
{
    private static readonly LifeCycle<Installation, InstallationCommand, InstallationEvent, InstallationRejection> Life =
        new(AnyInstallation.State, AnyInstallation.Command, InstallationTransitions.Apply);

    [Fact]
    public void The_generators_know_every_state_and_every_command()
    {
        Union.IsKnownTo(AnyInstallation.State);
        Union.IsKnownTo(AnyInstallation.Command);
    }

    [Fact]
    public void Every_command_has_an_answer_in_every_state() => Life.EveryCommandHasAnAnswerInEveryState();

    [Fact]
    public void Applying_a_command_twice_equals_applying_it_once() => Life.TwiceIsOnce();

    [Fact]
    public void Something_happened_if_and_only_if_something_changed() => Life.SomethingHappenedIfAndOnlyIfSomethingChanged();

    [Fact]
    public void A_finalized_installation_stays_as_it_is() => Life.NothingLeaves<Installation.Finalized>();

    [Fact]
    public void The_moves_are_those_of_the_diagram() =>
        Assert.Equal(Diagram.MovesIn("src/Core/Installations/README.md"), Life.Moves());

    [Fact]
    public void An_installation_keeps_its_id() => Life.Always((before, after) => before.Id == after.Id);

    [Fact]
    public void The_billing_periods_of_an_installation_begin_on_one_day_for_its_whole_life() =>
        Life.Always((before, after) => before.Anchor == after.Anchor);

    [Fact]
    public void An_installation_that_was_billed_per_resource_stays_so_and_one_that_was_not_does_too() =>
        Life.Always((before, after) => (PlanOf(before), PlanOf(after)) is not (Option<PlanId> was, Option<PlanId> isNow)
            || was.IsSome == isNow.IsSome);

    [Fact]
    public void Whoever_wants_to_go_may_go_and_may_say_so_again() =>
        Law.Holds(
            from state in AnyInstallation.State from now in AnyTime.Moment select (state, now),
            given => InstallationTransitions
                .Apply(given.state, new InstallationCommand.Uninstall("again", Seq<ResourceId>.Empty), given.now)
                .Match(Right: going => going.Next is not Installation.Active, Left: _ => false));

    [Fact]
    public void Nobody_goes_while_something_is_to_be_kept() =>
        Law.Holds(
            from state in AnyInstallation.State from now in AnyTime.Moment select (state, now),
            given => InstallationTransitions
                .Apply(given.state, new InstallationCommand.Uninstall("going", Prelude.Seq1(new ResourceId("res_1"))), given.now)
                .Match(Right: step => step.Next == given.state, Left: rejection =>
                    given.state is Installation.Active && rejection == new InstallationRejection.ResourcesRemain(given.state.Id, 1)));

    [Fact]
    public void A_team_that_has_an_active_installation_gets_no_second_one() =>
        Law.Holds(
            from id in AnyInstallation.Id
            from registration in AnyInstallation.Registration
            from plan in AnyInstallation.PlanOrNone
            from ofTeam in AnyInstallation.IdOrNone
            from now in AnyTime.Moment
            select (id, registration, plan, ofTeam, now),
            given => InstallationTransitions.Install(given.id, given.registration, given.plan, BillingAnchor.CalendarMonth, given.ofTeam, given.now).Match(
                Right: _ => given.ofTeam.ForAll(active => active == given.id),
                Left: rejection => given.ofTeam.Exists(active => active != given.id
                    && rejection == new InstallationRejection.TeamHasAnother(given.registration.AccountId, active))));

    [Fact]
    public void An_installation_moves_to_another_team_only_where_that_has_none() =>
        Law.Holds(
            from was in AnyInstallation.Active
            from told in AnyInstallation.Registration
            from ofTeam in AnyInstallation.IdOrNone
            from now in AnyTime.Moment
            select (was, told, ofTeam, now),
            given => InstallationTransitions
                .Apply(given.was, new InstallationCommand.Register(given.told, given.ofTeam), given.now).IsLeft
                == (given.told.AccountId != given.was.Registration.AccountId && given.ofTeam.Exists(active => active != given.was.Id)));

    [Fact]
    public void An_installation_that_changes_hands_keeps_everything_but_its_team() =>
        Law.Holds(
            from state in AnyInstallation.State
            from told in AnyInstallation.Registration
            from ofTeam in AnyInstallation.IdOrNone
            from now in AnyTime.Moment
            select (state, told.AccountId, ofTeam, now),
            given => InstallationTransitions.Apply(given.state, new InstallationCommand.MoveToTeam(given.AccountId, given.ofTeam), given.now).Match(
                Right: step => step.Next == (given.state switch
                {
                    Installation.Active was => was with { Registration = was.Registration with { AccountId = given.AccountId } },
                    Installation.Uninstalling was => was with { Registration = was.Registration with { AccountId = given.AccountId } },
                    var gone => gone,
                }),
                Left: rejection => given.state is Installation.Active was && was.Registration.AccountId != given.AccountId
                    && given.ofTeam.Exists(other => other != was.Id
                        && rejection == new InstallationRejection.TeamHasAnother(given.AccountId, other))));

    [Fact]
    public void What_somebody_has_accepted_stays_accepted() =>
        Life.Always((before, after) => (before, after) is not (Installation.Active was, Installation.Active renewed)
            || was.Registration.AcceptedPolicies.Keys.All(renewed.Registration.AcceptedPolicies.ContainsKey));

    [Fact]
    public void What_an_installation_was_registered_with_last_outlives_its_uninstallation() =>
        Life.Always((before, after) => (before, after) is not (Installation.Active was, Installation.Uninstalling going)
            || (was.Registration == going.Registration && was.Plan == going.Plan && was.InstalledAt == going.InstalledAt));

    [Fact]
    public void The_events_of_a_life_tell_its_stage_and_its_plan() =>
        Life.EveryHistoryKeeps(AnyInstallation.Birth, (state, events) =>
        {
            Assert.IsType<InstallationEvent.Installed>(events[0]);
            Assert.All(events.Skip(1), happened => Assert.IsNotType<InstallationEvent.Installed>(happened));
            Assert.Equal(StageAfter(events), state.GetType());
            if (state is not Installation.Finalized)
            {
                Assert.Equal(PlanAfter(events), PlanOf(state));
            }
        });

    [Fact]
    public void An_installation_is_asked_to_go_once_and_goes_once() =>
        Life.EveryHistoryKeeps(AnyInstallation.Birth, (state, events) =>
        {
            var asked = events.Count(happened => happened is InstallationEvent.UninstallRequested);
            var gone = events.Count(happened => happened is InstallationEvent.Finalized);
            Assert.Equal(state switch { Installation.Active => (0, 0), Installation.Uninstalling => (1, 0), _ => (1, 1) }, (asked, gone));
        });

    private static Type StageAfter(Seq<InstallationEvent> events) => events.Aggregate(
        typeof(Installation.Active),
        (stage, happened) => happened switch
        {
            InstallationEvent.UninstallRequested => typeof(Installation.Uninstalling),
            InstallationEvent.Finalized => typeof(Installation.Finalized),
            _ => stage,
        });

    private static Option<PlanId>? PlanAfter(Seq<InstallationEvent> events) => events.Aggregate(
        Option<PlanId>.None,
        (plan, happened) => happened switch
        {
            InstallationEvent.Installed installed => installed.Plan,
            InstallationEvent.PlanChanged changed => changed.To,
            _ => plan,
        });

    private static Option<PlanId>? PlanOf(Installation installation) => installation switch
    {
        Installation.Active active => active.Plan,
        Installation.Uninstalling going => going.Plan,
        _ => null,
    };
}
