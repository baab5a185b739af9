using FsCheck;
using FsCheck.Fluent;
using LanguageExt;
using Marketplace.Core.Connections;
using Marketplace.Core.Installations;
using Marketplace.Properties.Installations;
using Marketplace.Properties.Time;
using Xunit;
using static LanguageExt.Prelude;

namespace Marketplace.Properties.Connections;

public sealed class ConnectionLaws
{
    private static readonly Gen<string> User = Gen.Elements("user_1", "user_2");

    private static readonly Gen<ConnectionOwner.Team> Team = Gen.Elements("team_1", "team_2").Select(id => new ConnectionOwner.Team(id));

    private static readonly Gen<ConnectionOwner> Owner = Gen.OneOf(
        Team.Select(team => (ConnectionOwner)team),
        User.Select(id => (ConnectionOwner)new ConnectionOwner.Person(id)));

    private static readonly Gen<ConnectionEnd> End = Gen.OneOf(
        Gen.Constant((ConnectionEnd)new ConnectionEnd.Removed()),
        AnyInstallation.Id.Select(id => (ConnectionEnd)new ConnectionEnd.Replaced(id)));

    private static readonly Gen<Connection.Active> Active =
        from id in AnyInstallation.Id
        from owner in Owner
        from user in User
        from at in AnyTime.Moment
        select new Connection.Active(id, owner, user, at);

    private static readonly Gen<Connection> State = Gen.OneOf(
        Active.Select(active => (Connection)active),
        from was in Active
        from at in AnyTime.Moment
        from why in End
        select (Connection)new Connection.Ended(was.Id, was.Owner, was.ConnectedBy, was.ConnectedAt, at, why));

    private static readonly Gen<ConnectionCommand> Command = Gen.OneOf(
        from owner in Owner from user in User select (ConnectionCommand)new ConnectionCommand.Reconnect(owner, user),
        from team in Team
        from another in Gen.Frequency((3, Gen.Constant(Option<InstallationId>.None)), (1, AnyInstallation.Id.Select(Some)))
        select (ConnectionCommand)new ConnectionCommand.MoveToTeam(team, another),
        End.Select(why => (ConnectionCommand)new ConnectionCommand.End(why)));

    private static readonly LifeCycle<Connection, ConnectionCommand, ConnectionEvent, ConnectionRejection> Life =
        new(State, Command, ConnectionTransitions.Apply);

    [Fact]
    public void The_generators_know_every_state_every_command_and_every_value()
    {
        Union.IsKnownTo(State);
        Union.IsKnownTo(Command);
        Union.IsKnownTo(Owner);
        Union.IsKnownTo(End);
    }

    [Fact]
    public void Every_command_has_an_answer_in_every_state() => Life.EveryCommandHasAnAnswerInEveryState();

    [Fact]
    public void Applying_a_command_twice_equals_applying_it_once() => Life.TwiceIsOnce();

    [Fact]
    public void Something_happened_if_and_only_if_something_changed() => Life.SomethingHappenedIfAndOnlyIfSomethingChanged();

    [Fact]
    public void A_connection_that_is_ended_stays_as_it_is() => Life.NothingLeaves<Connection.Ended>();

    [Fact]
    public void The_moves_are_those_of_the_diagram() =>
        Assert.Equal(Diagram.MovesIn("src/Core/Connections/README.md"), Life.Moves());

    [Fact]
    public void A_native_installation_is_never_taken_for_a_connection() =>
        Law.Holds(
            from id in AnyInstallation.Id from owner in Owner from user in User from now in AnyTime.Moment select (id, owner, user, now),
            given => new ConnectAccount(given.id, given.owner, given.user).Decide(None, None, isNative: true, isRemoved: false, given.now)
                == new ConnectionRejection.IsNative(given.id));

    [Fact]
    public void What_Vercel_has_removed_already_is_not_connected() =>
        Law.Holds(
            from id in AnyInstallation.Id
            from owner in Owner
            from user in User
            from known in Gen.OneOf(Gen.Constant(Option<Connection>.None), State.Select(Some))
            from now in AnyTime.Moment
            select (id, owner, user, known, now),
            given => new ConnectAccount(given.id, given.owner, given.user).Decide(given.known, None, isNative: false, isRemoved: true, given.now)
                == new ConnectionRejection.AlreadyEnded(given.id));

    [Fact]
    public void Another_team_has_the_same_connection_where_it_has_no_other() =>
        Law.Holds(
            from active in Active
            from team in Team
            from other in AnyInstallation.Id
            from now in AnyTime.Moment
            select (active, team, other, now),
            given =>
            {
                var free = ConnectionTransitions.Apply(given.active, new ConnectionCommand.MoveToTeam(given.team, None), given.now);
                var taken = ConnectionTransitions.Apply(given.active, new ConnectionCommand.MoveToTeam(given.team, given.other), given.now);
                return free.Map(moved => moved.Next) == given.active with { Owner = given.team }
                    && taken.IsLeft == (given.active.Owner != given.team && given.other != given.active.Id);
            });

    /// <summary>A whole history of many accounts, with one place for each owner, as the store has it.</summary>
    [Fact]
    public void An_owner_never_has_two_active_connections() =>
        Law.Holds(
            from steps in (from id in Gen.Choose(1, 5).Select(number => new InstallationId($"icfg_{number}"))
                           from owner in Owner
                           from user in User
                           from kind in Gen.Frequency((3, Gen.Constant(Step.Connect)), (2, Gen.Constant(Step.HandOver)), (1, Gen.Constant(Step.Remove)))
                           select (id, owner, user, kind)).ListOf()
            from now in AnyTime.Moment
            select (steps, now),
            given => given.steps.Aggregate(HashMap<InstallationId, Connection>(), (all, step) =>
            {
                var next = After(all, step, given.now);
                Assert.Equal(
                    next.Values.OfType<Connection.Active>().Count(), next.Values.OfType<Connection.Active>().Select(active => active.Owner).Distinct().Count());
                return next;
            }).Count <= 5);

    private static HashMap<InstallationId, Connection> After(
        HashMap<InstallationId, Connection> all, (InstallationId Id, ConnectionOwner Owner, string User, Step Kind) step, DateTimeOffset now)
    {
        var former = all.Values.Where(known => known is Connection.Active active && active.Owner == step.Owner).ToSeq().HeadOrNone();
        if (step.Kind is Step.Remove)
            return Told(new ConnectionCommand.End(new ConnectionEnd.Removed()));
        if (step.Kind is Step.HandOver)
            return step.Owner is ConnectionOwner.Team team ? Told(new ConnectionCommand.MoveToTeam(team, former.Map(other => other.Id))) : all;

        return new ConnectAccount(step.Id, step.Owner, step.User).Decide(all.Find(step.Id), former, isNative: false, isRemoved: false, now).Match(
            Right: done => done.Former.Match(
                Some: ended => all.AddOrUpdate(ended.Next.Id, ended.Next), None: () => all).AddOrUpdate(step.Id, done.Connection.Next),
            Left: _ => all);

        HashMap<InstallationId, Connection> Told(ConnectionCommand command) => all.Find(step.Id).Match(
            Some: known => ConnectionTransitions.Apply(known, command, now)
                .Match(Right: told => all.AddOrUpdate(step.Id, told.Next), Left: _ => all),
            None: () => all);
    }

    private enum Step
    {
        Connect,
        HandOver,
        Remove,
    }
}
