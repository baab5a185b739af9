using System.Diagnostics;
using Marketplace.Core;
using Marketplace.Core.Connections;
using Marketplace.Core.Installations;
using Marketplace.Shell.Audit;
using Marketplace.Shell.Installations;
using Marketplace.Shell.Persistence;

namespace Marketplace.Shell.Connections;

/// <summary>Everything that the end of a connection means: state, the token that is forgotten, and its place, which is free again.</summary>
internal static class ConnectionRemoval
{
    /// <summary>
    /// For whoever hears from Vercel that a configuration was removed (contract §F): looks, and gives what writes it. That says whether
    /// there is such a connection; it is quiet when it is over already.
    /// </summary>
    public static Func<Writes, DateTimeOffset, bool> Look(Loads loads, InstallationId id)
    {
        ConnectionRows.Meet(loads, id);
        var current = ConnectionRows.LoadForUpdate(loads, id);
        return (writes, now) =>
        {
            if (current.Value is not { } known)
                return false;

            var ended = ConnectionTransitions.Apply(known, new ConnectionCommand.End(new ConnectionEnd.Removed()), now).IfLeft(
                rejection => throw new UnreachableException($"An end is never refused, but was: {rejection.GetType().Name}"));
            Write(writes, ended, new Actor("vercel", "configuration removed"));
            return true;
        };
    }

    /// <summary>Quiet where nothing has changed.</summary>
    public static void Write(Writes writes, Transition<Connection, ConnectionEvent> transition, Actor actor)
    {
        if (transition.Events.IsEmpty)
            return;

        var ended = (Connection.Ended)transition.Next;
        ConnectionRows.End(writes, ended);
        TeamRows.Release(writes, PlaceOf(ended.Owner), ended.Id, InstallationKind.Connectable);
        EventRows.Append(writes, transition.Events, actor);
    }

    /// <summary>By which the owner's one place is known.</summary>
    public static AccountId PlaceOf(ConnectionOwner owner) =>
        owner switch
        {
            ConnectionOwner.Team team => new AccountId(team.Id),
            ConnectionOwner.Person person => new AccountId($"user {person.UserId}"),
            _ => throw new UnreachableException(owner.GetType().Name),
        };
}
