using System.Diagnostics;
using LanguageExt;
using Marketplace.Core.Installations;
using static LanguageExt.Prelude;

namespace Marketplace.Core.Connections;

/// <summary>The life of a connection. Source: contract §D.13, §E.1.</summary>
public static class ConnectionTransitions
{
    /// <summary>The birth of a connection.</summary>
    public static Transition<Connection, ConnectionEvent> Connect(InstallationId id, ConnectionOwner owner, string user, DateTimeOffset now) =>
        Moved(new Connection.Active(id, owner, user, now), new ConnectionEvent.Connected(id, owner, user, now));

    /// <summary>Answers one command on an existing connection. Repeating a command changes nothing and emits nothing.</summary>
    public static Either<ConnectionRejection, Transition<Connection, ConnectionEvent>> Apply(
        Connection current, ConnectionCommand command, DateTimeOffset now) =>
        command switch
        {
            ConnectionCommand.Reconnect again => Reconnect(current, again.Owner, again.User, now),
            ConnectionCommand.MoveToTeam move => MoveToTeam(current, move, now),
            ConnectionCommand.End end => End(current, end.Why, now),
            _ => throw new UnreachableException(command.GetType().Name),
        };

    private static Either<ConnectionRejection, Transition<Connection, ConnectionEvent>> Reconnect(
        Connection current, ConnectionOwner owner, string user, DateTimeOffset now) =>
        current switch
        {
            Connection.Active same when same.Owner == owner && same.ConnectedBy == user => Unchanged(same),
            Connection.Active c => Moved(
                c with { Owner = owner, ConnectedBy = user }, new ConnectionEvent.Reconnected(c.Id, owner, user, now)),
            Connection.Ended gone => new ConnectionRejection.AlreadyEnded(gone.Id),
            _ => throw new UnreachableException(current.GetType().Name),
        };

    private static Either<ConnectionRejection, Transition<Connection, ConnectionEvent>> MoveToTeam(
        Connection current, ConnectionCommand.MoveToTeam move, DateTimeOffset now) =>
        current switch
        {
            Connection.Active same when same.Owner == move.Team => Unchanged(same),
            Connection.Active c => move.OfTeam.Filter(other => other != c.Id)
                .Match<Either<ConnectionRejection, Transition<Connection, ConnectionEvent>>>(
                    Some: other => new ConnectionRejection.TeamHasAnother(other),
                    None: () => Moved(c with { Owner = move.Team }, new ConnectionEvent.MovedToTeam(c.Id, c.Owner, move.Team, now))),
            Connection.Ended gone => Unchanged(gone),
            _ => throw new UnreachableException(current.GetType().Name),
        };

    private static Either<ConnectionRejection, Transition<Connection, ConnectionEvent>> End(
        Connection current, ConnectionEnd why, DateTimeOffset now) =>
        current switch
        {
            Connection.Active c => Moved(
                new Connection.Ended(c.Id, c.Owner, c.ConnectedBy, c.ConnectedAt, now, why), new ConnectionEvent.Ended(c.Id, why, now)),
            Connection.Ended same => Unchanged(same),
            _ => throw new UnreachableException(current.GetType().Name),
        };

    private static Transition<Connection, ConnectionEvent> Moved(Connection next, ConnectionEvent happened) => new(next, Seq1(happened));

    private static Transition<Connection, ConnectionEvent> Unchanged(Connection same) => new(same, Empty);
}
