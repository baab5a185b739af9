using LanguageExt;
using Marketplace.Core;
using Marketplace.Core.Installations;
using Marketplace.Core.Resources;
using Marketplace.Shell.Persistence;
using Npgsql;

namespace Marketplace.Shell.Provisioning.Keys;

/// <summary>The hashes of the keys that were handed out.</summary>
internal static class ApiKeyRows
{
    private const string Into = "insert into api_key (installation_id, resource_id, operation_id, key_hash, minted_at)";

    private const string InsertSql = $"{Into} values ($1, $2, $3, $4, $5)";

    private const string InsertManySql = $"{Into} select * from unnest($1::text[], $2::text[], $3::text[], $4::bytea[], $5::timestamptz[])";

    // An operation that is repeated hands out another key for the same thing; the one before was told to nobody. What comes back to where
    // it was before is there again, and nowhere else.
    private const string ReplaceSql = $"""
        {InsertSql}
        on conflict (installation_id, resource_id, operation_id) do update set key_hash = excluded.key_hash, moved_to = null
        """;

    private const string DeleteSql = """
        delete from api_key where installation_id = $1 and resource_id = $2 and operation_id = any ($3)
        """;

    private const string DeleteAllSql = "delete from api_key where installation_id = $1 and resource_id = $2";

    private const string LoadTheseSql = """
        select resource_id, operation_id, key_hash, minted_at from api_key
        where installation_id = $1 and resource_id = any ($2) and moved_to is null for update
        """;

    private const string MovedSql = """
        update api_key set moved_to = $4 where installation_id = $1 and resource_id = $2 and operation_id = $3
        """;

    // For the drift report: it spans installations on purpose.
    private const string ResourcesSql = "select distinct resource_id from api_key where moved_to is null";

    private static readonly Inserts Inserted = new(InsertSql, InsertManySql);

    public static void Insert(
        Writes writes, InstallationId installation, ResourceId resource, OperationId operation, ApiKey key, DateTimeOffset now) =>
        writes.AddRow(Inserted, installation.Value, resource.Value, operation.Value, key.Hash(), now);

    /// <summary>The same for an operation that may have minted one before.</summary>
    public static void Replace(
        Writes writes, InstallationId installation, ResourceId resource, OperationId operation, ApiKey key, DateTimeOffset now) =>
        writes.Add(ReplaceSql, installation.Value, resource.Value, operation.Value, key.Hash(), now);

    public static void Delete(Writes writes, InstallationId installation, ResourceId resource, Seq<OperationId> minted) =>
        writes.Add(DeleteSql, installation.Value, resource.Value, minted.Select(operation => operation.Value).ToArray());

    public static void DeleteAll(Writes writes, InstallationId installation, ResourceId resource) =>
        writes.Add(DeleteAllSql, installation.Value, resource.Value);

    public static Loaded<Seq<StoredKey>> LoadThese(Loads loads, InstallationId installation, Seq<ResourceId> resources) => loads.Many(
        LoadTheseSql,
        reader => new StoredKey(
            new ResourceId(reader.GetString(0)), new OperationId(reader.GetString(1)), reader.GetFieldValue<byte[]>(2), reader.Moment(3)),
        installation.Value, resources.Select(resource => resource.Value).ToArray());

    /// <summary>Written anew for the new owner; where they were, they say where they went.</summary>
    public static void Move(Writes writes, InstallationId from, InstallationId to, Seq<StoredKey> keys)
    {
        foreach (var (resource, operation, hash, mintedAt) in keys)
        {
            writes.Add(ReplaceSql, to.Value, resource.Value, operation.Value, hash, mintedAt);
            writes.Add(MovedSql, from.Value, resource.Value, operation.Value, to.Value);
        }
    }

    public static async Task<Seq<ResourceId>> Resources(NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var command = connection.Command(ResourcesSql);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var resources = new List<ResourceId>();
        while (await reader.ReadAsync(cancel))
            resources.Add(new ResourceId(reader.GetString(0)));
        return resources.ToSeq().Strict();
    }
}

internal sealed record StoredKey(ResourceId Resource, OperationId MintedBy, byte[] Hash, DateTimeOffset MintedAt);
