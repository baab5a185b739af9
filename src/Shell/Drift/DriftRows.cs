using Marketplace.Core.Installations;
using Marketplace.Core.Resources;
using Marketplace.Shell.Persistence;
using Npgsql;

namespace Marketplace.Shell.Drift;

/// <summary>What we hold, for the report. Both lists span installations on purpose: they are an operator's.</summary>
internal static class DriftRows
{
    private const string InstallationsSql =
        "select installation_id from installation where stage <> 'finalized' order by installation_id";

    // Where work is under way, a difference is no drift yet.
    private const string ResourcesSql = """
        select r.installation_id, r.resource_id, r.product_id, r.status,
            exists (
                select from operation o
                where o.installation_id = r.installation_id and o.resource_id = r.resource_id and o.state = 'pending')
            or exists (
                select from outbox_message m
                where m.installation_id = r.installation_id and m.resource_id = r.resource_id and m.state = 'pending'),
            r.ownership = 'owned'
        from resource r order by r.installation_id, r.resource_id
        """;

    public static async Task<IReadOnlyList<InstallationId>> Installations(NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var command = connection.Command(InstallationsSql);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var installations = new List<InstallationId>();
        while (await reader.ReadAsync(cancel))
            installations.Add(new InstallationId(reader.GetString(0)));
        return installations;
    }

    public static async Task<IReadOnlyList<HeldResource>> Resources(NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var command = connection.Command(ResourcesSql);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var resources = new List<HeldResource>();
        while (await reader.ReadAsync(cancel))
        {
            resources.Add(new HeldResource(
                new InstallationId(reader.GetString(0)), new ResourceId(reader.GetString(1)), reader.GetString(2),
                Lives: reader.GetString(3) != "uninstalled", Made: reader.GetString(3) is not ("uninstalled" or "pending" or "error") && reader.GetBoolean(5),
                UnderWay: reader.GetBoolean(4)));
        }

        return resources;
    }
}

/// <param name="Lives">Vercel should have it.</param>
/// <param name="Made">Its provisioner should have it, which has nothing to do with what was made elsewhere.</param>
/// <param name="UnderWay">Something is still being done about it.</param>
internal sealed record HeldResource(
    InstallationId Installation, ResourceId Id, string Product, bool Lives, bool Made, bool UnderWay);
