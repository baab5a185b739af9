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

    private static readonly Gen<ConnectionOwner> Owner = Gen.OneOf(
        Gen.Elements("team_1", "team_2").Select(id => (ConnectionOwner)new ConnectionOwner.Team(id)),
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
            given => new ConnectAccount(given.id, given.owner, given.user).Decide(None, None, isNative: true, given.now)
                == new ConnectionRejection.IsNative(given.id));

    /// <summary>A whole history of many accounts, with one place for each owner, as the store has it.</summary>
    [Fact]
    public void An_owner_never_has_two_active_connections() =>
        Law.Holds(
            from steps in (from id in Gen.Choose(1, 5).Select(number => new InstallationId($"icfg_{number}"))
                           from owner in Owner
                           from user in User
                           from removes in Gen.Frequency((3, Gen.Constant(false)), (1, Gen.Constant(true)))
                           select (id, owner, user, removes)).ListOf()
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
        HashMap<InstallationId, Connection> all, (InstallationId Id, ConnectionOwner Owner, string User, bool Removes) step, DateTimeOffset now)
    {
        if (step.Removes)
        {
            return all.Find(step.Id).Match(
                Some: known => ConnectionTransitions.Apply(known, new ConnectionCommand.End(new ConnectionEnd.Removed()), now)
                    .Match(Right: ended => all.AddOrUpdate(step.Id, ended.Next), Left: _ => all),
                None: () => all);
        }

        var former = all.Values.Where(known => known is Connection.Active active && active.Owner == step.Owner).ToSeq().HeadOrNone();
        return new ConnectAccount(step.Id, step.Owner, step.User).Decide(all.Find(step.Id), former, isNative: false, now).Match(
            Right: done => done.Former.Match(
                Some: ended => all.AddOrUpdate(ended.Next.Id, ended.Next), None: () => all).AddOrUpdate(step.Id, done.Connection.Next),
            Left: _ => all);
    }
}
