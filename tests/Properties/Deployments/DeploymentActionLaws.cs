using FsCheck;
using FsCheck.Fluent;
using LanguageExt;
using Marketplace.Core;
using Marketplace.Core.Deployments;
using Marketplace.Core.Resources;
using Marketplace.Properties.Time;
using Xunit;

namespace Marketplace.Properties.Deployments;

public sealed class DeploymentActionLaws
{
    private static readonly DeploymentActionId Id = new("dpl_1", new ResourceId("res_1"), "branch-database");

    private static readonly Gen<DeploymentAction> State = Gen.OneOf(
        AnyTime.Moment.Select(since => (DeploymentAction)new DeploymentAction.Wanted(Id, since)),
        Gen.Constant((DeploymentAction)new DeploymentAction.Succeeded(Id)),
        AnyTime.Moment.Select(from => (DeploymentAction)new DeploymentAction.Leaving(Id, from)),
        Gen.Constant((DeploymentAction)new DeploymentAction.Gone(Id)));

    private static readonly Gen<DeploymentActionCommand> Command = Gen.OneOf(
        Gen.Constant((DeploymentActionCommand)new DeploymentActionCommand.Start()),
        Gen.Constant((DeploymentActionCommand)new DeploymentActionCommand.Cancel()),
        AnyTime.Moment.Select(told => (DeploymentActionCommand)new DeploymentActionCommand.CleanUp(told)),
        Gen.Constant((DeploymentActionCommand)new DeploymentActionCommand.Succeed()),
        Gen.Constant((DeploymentActionCommand)new DeploymentActionCommand.Fail("It is too large.")),
        Gen.Constant((DeploymentActionCommand)new DeploymentActionCommand.GiveUp("503")),
        Gen.Constant((DeploymentActionCommand)new DeploymentActionCommand.ConfirmRemoval()));

    private static readonly LifeCycle<DeploymentAction, DeploymentActionCommand, DeploymentActionEvent, string> Life = new(
        State, Command,
        (state, command, now) => Prelude.Right<string, Transition<DeploymentAction, DeploymentActionEvent>>(DeploymentActionTransitions.Apply(state, command, now)));

    [Fact]
    public void The_generators_know_every_stage_and_every_command()
    {
        Union.IsKnownTo(State);
        Union.IsKnownTo(Command);
    }

    [Fact]
    public void Every_command_has_an_answer_in_every_stage() => Life.EveryCommandHasAnAnswerInEveryState();

    [Fact]
    public void Applying_a_command_twice_equals_applying_it_once() => Life.TwiceIsOnce();

    [Fact]
    public void Something_happened_if_and_only_if_something_changed() => Life.SomethingHappenedIfAndOnlyIfSomethingChanged();

    [Fact]
    public void What_is_gone_stays_gone() => Life.NothingLeaves<DeploymentAction.Gone>();

    [Fact]
    public void The_moves_are_those_of_the_diagram() => Assert.Equal(Diagram.MovesIn("src/Core/Deployments/README.md"), Life.Moves());

    [Fact]
    public void A_start_and_its_cancellation_leave_nothing_to_do_whichever_comes_first() =>
        Law.Holds(
            from now in AnyTime.Moment
            from startsFirst in Gen.Elements(true, false)
            let start = new DeploymentActionCommand.Start()
            let cancel = new DeploymentActionCommand.Cancel()
            select (now, Said: startsFirst ? new DeploymentActionCommand[] { start, cancel } : [cancel, start]),
            given => Told(given.Said, given.now) is DeploymentAction.Gone or DeploymentAction.Leaving);

    [Fact]
    public void What_has_succeeded_is_not_removed_before_the_recovery_period_is_over() =>
        Law.Holds(
            from said in Command.NonEmptyListOf()
            from now in AnyTime.Moment
            select (said, now),
            given =>
            {
                var said = given.said.TakeWhile(one => one is not DeploymentActionCommand.ConfirmRemoval).ToList();
                var last = said.Aggregate(
                    (DeploymentAction)new DeploymentAction.Succeeded(Id),
                    (state, command) => DeploymentActionTransitions.Apply(state, command, given.now).Next);
                return last is not DeploymentAction.Leaving leaving
                    || said.OfType<DeploymentActionCommand.CleanUp>().Any(told => leaving.RemovedFrom == told.ToldAt + DeploymentActionTransitions.RecoveryPeriod);
            });

    private static DeploymentAction Told(DeploymentActionCommand[] said, DateTimeOffset now) =>
        said.Skip(1).Aggregate(
            DeploymentActionTransitions.First(Id, said[0], now).Next,
            (state, command) => DeploymentActionTransitions.Apply(state, command, now).Next);
}
