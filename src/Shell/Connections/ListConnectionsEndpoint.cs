using Marketplace.Core.Connections;
using Marketplace.Shell.Http;
using Marketplace.Shell.ProviderKeys;
using Npgsql;

namespace Marketplace.Shell.Connections;

/// <summary>GET /provider/v1/connections: the accounts that customers have connected, those that are over too, by their ids.</summary>
internal static class ListConnectionsEndpoint
{
    public static readonly RequestDelegate Route = ProviderEndpoint.Needing(ProviderScopes.ConnectionsRead, Handle);

    private static async Task<IResult> Handle(HttpRequest request, NpgsqlDataSource database, CancellationToken cancel)
    {
        var asked = new AskedQuery(request.Query);
        // A page ends with an id, and any text says where an id would stand.
        var (after, limit) = asked.Page("", cursor => cursor);
        if (asked.Problem() is { } problem)
            return problem;

        await using var connection = await database.OpenConnectionAsync(cancel);
        var found = await ConnectionRows.List(connection, after, limit + 1, cancel);
        var page = found.Take(limit).ToArray();
        return TypedResults.Ok(new ConnectionsWire([.. page.Select(ConnectionWire.Of)], found.Count > limit ? page[^1].Id.Value : null));
    }

    /// <param name="NextCursor">Leads to the next page; absent on the last.</param>
    private sealed record ConnectionsWire(ConnectionWire[] Connections, string? NextCursor);

    /// <param name="TeamId">Absent for a personal account.</param>
    private sealed record ConnectionWire(
        string InstallationId, string Kind, string Status, string? TeamId, string UserId, DateTimeOffset ConnectedAt, DateTimeOffset? EndedAt,
        string? ReplacedBy)
    {
        public static ConnectionWire Of(Connection connection) =>
            connection switch
            {
                Connection.Active c => new(c.Id.Value, "connectable", "active", TeamOf(c.Owner), c.ConnectedBy, c.ConnectedAt, null, null),
                Connection.Ended c => new(
                    c.Id.Value, "connectable", "ended", TeamOf(c.Owner), c.ConnectedBy, c.ConnectedAt, c.EndedAt,
                    c.Why is ConnectionEnd.Replaced replaced ? replaced.By.Value : null),
                _ => throw new System.Diagnostics.UnreachableException(connection.GetType().Name),
            };

        private static string? TeamOf(ConnectionOwner owner) => owner is ConnectionOwner.Team team ? team.Id : null;
    }
}
