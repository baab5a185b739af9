using LanguageExt;
using Marketplace.Core;
using Marketplace.Core.Connections;
using Marketplace.Core.Installations;
using Marketplace.Shell.Audit;
using Marketplace.Shell.Installations;
using Marketplace.Shell.Persistence;

namespace Marketplace.Shell.Connections;

/// <summary>A connection that another team has now: its state, and its place among those of its owner.</summary>
internal sealed class ConnectionMove(Loads loads, InstallationId id, string team)
{
    private readonly ConnectionOwner.Team to = new(team);
    private readonly Loaded<Connection?> current = ConnectionRows.LoadForUpdate(loads, id);
    private readonly Loaded<Option<InstallationId>> ofTeam =
        TeamRows.Active(loads, ConnectionRemoval.PlaceOf(new ConnectionOwner.Team(team)), InstallationKind.Connectable);

    /// <summary>Whether there is such a connection, once it is loaded.</summary>
    public bool IsKnown => current.Value is not null;

    public Either<ConnectionRejection, Unit> Write(Writes writes, Told told, Actor actor, DateTimeOffset now) =>
        ConnectionTransitions.Apply(current.Value!, new ConnectionCommand.MoveToTeam(to, ofTeam.Value), now).Map(transition =>
        {
            InstallationNewsRows.Save(writes, id, NewsSubject.Team, told);
            if (!transition.Events.IsEmpty)
            {
                ConnectionRows.Move(writes, id, to);
                TeamRows.Release(writes, ConnectionRemoval.PlaceOf(((Connection.Active)current.Value!).Owner), id, InstallationKind.Connectable);
                TeamRows.Claim(writes, ConnectionRemoval.PlaceOf(to), id, InstallationKind.Connectable);
                EventRows.Append(writes, transition.Events, actor);
            }

            return Prelude.unit;
        });
}
