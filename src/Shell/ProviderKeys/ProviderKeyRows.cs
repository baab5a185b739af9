using Marketplace.Shell.Persistence;
using Npgsql;

namespace Marketplace.Shell.ProviderKeys;

/// <summary>The keys of the Provider API. When they were made and revoked is real time, by the database's own clock.</summary>
internal static class ProviderKeyRows
{
    private const string InsertSql = "insert into provider_key (key_id, name, prefix, key_hash, scopes) values ($1, $2, $3, $4, $5)";

    private const string FindSql = "select key_id, name, scopes from provider_key where key_hash = $1 and revoked_at is null";

    private const string ListSql =
        "select key_id, name, prefix, scopes, created_at, revoked_at from provider_key order by created_at, key_id";

    private const string RevokeSql =
        "update provider_key set revoked_at = coalesce(revoked_at, clock_timestamp()) where key_id = $1 or prefix = $1";

    public static async Task Insert(
        NpgsqlDataSource database, string id, string name, ProviderKey key, ProviderScopes scopes, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var command = connection.Command(
            InsertSql, id, name, key.Prefix, key.Hash(), ScopeNames.Of(scopes).ToArray());
        await command.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>Null when there is no such key, or none any more.</summary>
    public static async Task<ProviderCaller?> Find(NpgsqlDataSource database, byte[] hash, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var command = connection.Command(FindSql, hash);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        return await reader.ReadAsync(cancel)
            ? new ProviderCaller(reader.GetString(0), reader.GetString(1), ScopeNames.Read(reader.GetFieldValue<string[]>(2)))
            : null;
    }

    /// <summary>All that there ever were, the oldest first.</summary>
    public static async Task<IReadOnlyList<KeyOnRecord>> List(NpgsqlDataSource database, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var command = connection.Command(ListSql);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var keys = new List<KeyOnRecord>();
        while (await reader.ReadAsync(cancel))
            keys.Add(new KeyOnRecord(
                reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetFieldValue<string[]>(3), reader.Moment(4),
                reader.MomentOrNull(5)));
        return keys;
    }

    /// <summary>By its id or its prefix. False when there is no such key; a second time changes nothing.</summary>
    public static async Task<bool> Revoke(NpgsqlDataSource database, string key, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var command = connection.Command(RevokeSql, key);
        return await command.ExecuteNonQueryAsync(cancel) > 0;
    }
}

/// <summary>What is known of a key, which is not the key.</summary>
internal sealed record KeyOnRecord(
    string Id, string Name, string Prefix, IReadOnlyList<string> Scopes, DateTimeOffset CreatedAt, DateTimeOffset? RevokedAt);
