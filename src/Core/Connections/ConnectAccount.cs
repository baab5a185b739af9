using LanguageExt;
using Marketplace.Core.Installations;
using static LanguageExt.Prelude;

namespace Marketplace.Core.Connections;

/// <summary>Somebody has given us access to an account at Vercel. Source: contract §D.13.</summary>
public sealed record ConnectAccount(InstallationId Id, ConnectionOwner Owner, string User)
{
    /// <summary>The connection, and the end of the one before it where the owner had another: nobody has two.</summary>
    /// <param name="known">The connection of this id, if there was one.</param>
    /// <param name="former">The active connection of the owner, if there is one, this one too.</param>
    /// <param name="isNative">Whether the id is that of a native installation.</param>
    /// <param name="isRemoved">Whether Vercel has said already that it is over: that word may be faster than the exchange of the code.</param>
    public Either<ConnectionRejection, AccountConnected> Decide(
        Option<Connection> known, Option<Connection> former, bool isNative, bool isRemoved, DateTimeOffset now) =>
        isNative ? new ConnectionRejection.IsNative(Id)
            : isRemoved ? new ConnectionRejection.AlreadyEnded(Id)
            : Connected(known, now).Map(connected => new AccountConnected(
                connected,
                former.Filter(other => other.Id != Id).Bind(other => Replaced(other, now))));

    private Either<ConnectionRejection, Transition<Connection, ConnectionEvent>> Connected(Option<Connection> known, DateTimeOffset now) =>
        known.Match(
            Some: current => ConnectionTransitions.Apply(current, new ConnectionCommand.Reconnect(Owner, User), now),
            None: () => ConnectionTransitions.Connect(Id, Owner, User, now));

    private Option<Transition<Connection, ConnectionEvent>> Replaced(Connection other, DateTimeOffset now) =>
        ConnectionTransitions.Apply(other, new ConnectionCommand.End(new ConnectionEnd.Replaced(Id)), now).ToOption();
}

/// <summary>A connection that is active now, and the one whose place it has taken: both are stored, or neither.</summary>
public sealed record AccountConnected(
    Transition<Connection, ConnectionEvent> Connection, Option<Transition<Connection, ConnectionEvent>> Former);
