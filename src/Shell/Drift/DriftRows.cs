using LanguageExt;
using Marketplace.Core.Installations;
using Marketplace.Core.Resources;
using Marketplace.Shell.Persistence;
using Npgsql;

namespace Marketplace.Shell.Drift;

/// <summary>What the report asks of the store beside the installations and resources themselves.</summary>
internal static class DriftRows
{
    // Everybody's, page by page: an operator's list.
    private const string InstallationsSql =
        "select installation_id from installation where installation_id > $1 order by installation_id limit $2";

    // Where work is under way, a difference is no drift yet.
    private const string UnderWaySql = """
        select resource_id from operation where installation_id = $1 and state = 'pending'
        union
        select resource_id from outbox_message where installation_id = $1 and state = 'pending' and resource_id is not null
        """;

    // Wherever they are: a provisioner does not say whose its things are.
    private const string NeededSql = """
        select r.resource_id from resource r
        where r.resource_id = any ($1) and (r.status <> 'uninstalled' or exists (
            select from operation o
            where o.installation_id = r.installation_id and o.resource_id = r.resource_id and o.state = 'pending'))
        """;

    /// <summary>The next installations by id, whatever stage they are in.</summary>
    public static async Task<IReadOnlyList<InstallationId>> Installations(
        NpgsqlDataSource database, string after, int installationsMax, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var command = connection.Command(InstallationsSql, after, installationsMax);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var installations = new List<InstallationId>();
        while (await reader.ReadAsync(cancel))
            installations.Add(new InstallationId(reader.GetString(0)));
        return installations;
    }

    /// <summary>The resources about which something is still being done.</summary>
    public static Loaded<Seq<ResourceId>> UnderWay(Loads loads, InstallationId installation) =>
        loads.Many(UnderWaySql, reader => new ResourceId(reader.GetString(0)), installation.Value);

    /// <summary>Those that somebody has, or that are still to be taken down.</summary>
    public static async Task<IReadOnlySet<ResourceId>> Needed(
        NpgsqlDataSource database, IEnumerable<ResourceId> resources, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var command = connection.Command(NeededSql, resources.Select(id => id.Value).ToArray());
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var needed = new System.Collections.Generic.HashSet<ResourceId>();
        while (await reader.ReadAsync(cancel))
            needed.Add(new ResourceId(reader.GetString(0)));
        return needed;
    }
}
