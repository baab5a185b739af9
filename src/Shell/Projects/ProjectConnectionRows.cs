using LanguageExt;
using Marketplace.Core;
using Marketplace.Core.Installations;
using Marketplace.Core.Projects;
using Marketplace.Core.Resources;
using Marketplace.Shell.Persistence;
using Npgsql;

namespace Marketplace.Shell.Projects;

/// <summary>Which projects use a resource, in PostgreSQL. Written under the lock of the installation.</summary>
internal static class ProjectConnectionRows
{
    private const string Columns = "resource_id, project_id, connected, name, targets, told_at, told_by";

    private const string LoadSql = $"""
        select {Columns} from project_connection where installation_id = $1 and resource_id = $2 and project_id = $3
        """;

    private const string ConnectedSql = $"""
        select {Columns} from project_connection where installation_id = $1 and resource_id = $2 and connected order by told_at, project_id
        """;

    private const string ConnectedOfAllSql = $"""
        select {Columns} from project_connection where installation_id = $1 and connected order by resource_id, told_at, project_id
        """;

    private const string LoadTheseSql = $"""
        select {Columns} from project_connection where installation_id = $1 and resource_id = any ($2) for update
        """;

    // Where it comes to an installation that had the resource before, the later word counts there too.
    private const string SaveSql = $"""
        insert into project_connection as known (installation_id, {Columns}) values ($1, $2, $3, $4, $5, $6, $7, $8)
        on conflict (installation_id, resource_id, project_id) do update set connected = excluded.connected, name = excluded.name,
            targets = excluded.targets, told_at = excluded.told_at, told_by = excluded.told_by
        where (known.told_at, known.told_by collate "C") < (excluded.told_at, excluded.told_by collate "C")
        """;

    private const string DeleteSql = "delete from project_connection where installation_id = $1 and resource_id = any ($2)";

    /// <summary>What was told last of one project; null when nothing was.</summary>
    public static Loaded<ProjectConnection?> Load(
        Loads loads, InstallationId installation, ResourceId resource, ProjectId project) =>
        loads.One(LoadSql, reader => Read(reader).Connection, installation.Value, resource.Value, project.Value);

    /// <summary>The projects that use a resource now, the longest connected first.</summary>
    public static Loaded<Seq<ProjectConnection.Connected>> LoadConnected(Loads loads, InstallationId installation, ResourceId resource) =>
        loads.Many(ConnectedSql, reader => (ProjectConnection.Connected)Read(reader).Connection, installation.Value, resource.Value);

    /// <summary>The same for every resource of an installation.</summary>
    public static Loaded<Seq<(ResourceId Resource, ProjectConnection.Connected Connection)>> LoadConnected(
        Loads loads, InstallationId installation) => loads.Many(
        ConnectedOfAllSql,
        reader => Read(reader) is var (resource, connection) ? (resource, (ProjectConnection.Connected)connection) : default,
        installation.Value);

    /// <summary>All that was told of these resources.</summary>
    public static Loaded<Seq<(ResourceId Resource, ProjectConnection Connection)>> LoadThese(
        Loads loads, InstallationId installation, Seq<ResourceId> resources) =>
        loads.Many(LoadTheseSql, Read, installation.Value, Texts(resources));

    public static void Save(Writes writes, InstallationId installation, ResourceId resource, ProjectConnection connection)
    {
        var connected = connection as ProjectConnection.Connected;
        writes.Add(
            SaveSql, installation.Value, resource.Value, connection.Project.Value, connected is not null,
            connected?.Name.OrNull(), connected?.Targets.ToArray() ?? [], connection.Told.At, connection.Told.Webhook);
    }

    /// <summary>A project stays connected to a resource that changes hands: it changes hands too (contract §E.11).</summary>
    public static void Move(
        Writes writes, InstallationId from, InstallationId to, Seq<ResourceId> resources,
        Seq<(ResourceId Resource, ProjectConnection Connection)> connections)
    {
        if (connections.IsEmpty)
            return;

        writes.Add(DeleteSql, from.Value, Texts(resources));
        foreach (var (resource, connection) in connections)
            Save(writes, to, resource, connection);
    }

    private static (ResourceId Resource, ProjectConnection Connection) Read(NpgsqlDataReader reader)
    {
        var (project, told) = (new ProjectId(reader.GetString(1)), new Told(reader.Moment(5), reader.GetString(6)));
        return (new ResourceId(reader.GetString(0)), reader.GetBoolean(2)
            ? new ProjectConnection.Connected(project, reader.TextOption(3), reader.GetFieldValue<string[]>(4).ToSeq().Strict(), told)
            : new ProjectConnection.Disconnected(project, told));
    }

    private static string[] Texts(Seq<ResourceId> resources) => [.. resources.Select(id => id.Value)];
}
