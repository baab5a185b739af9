using Marketplace.Shell.Persistence;
using Npgsql;

namespace Marketplace.Shell.ProviderKeys;

/// <summary>The keys of the Provider API. When they were made, used and revoked, and when they end, is real time, by the database's own clock.</summary>
internal static class ProviderKeyRows
{
    private const string InsertSql = """
        insert into provider_key (key_id, name, prefix, key_hash, scopes, expires_at)
        select $1, $2, $3, $4, $5, $6 where $6::timestamptz is null or $6 > clock_timestamp()
        """;

    // That it is used is written once a minute at most, however often it is.
    private const string FindSql = """
        with known as (
            select key_id, name, scopes, expires_at, last_used_at from provider_key
            where key_hash = $1 and revoked_at is null and (expires_at is null or expires_at > clock_timestamp())),
        used as (
            update provider_key k set last_used_at = clock_timestamp() from known
            where k.key_id = known.key_id and coalesce(known.last_used_at, '-infinity') < clock_timestamp() - interval '1 minute')
        select key_id, name, scopes, expires_at from known
        """;

    private const string ListSql = """
        select key_id, name, prefix, scopes, created_at, revoked_at, expires_at, last_used_at, coalesce(expires_at <= clock_timestamp(), false)
        from provider_key order by created_at, key_id
        """;

    private const string RevokeSql =
        "update provider_key set revoked_at = coalesce(revoked_at, clock_timestamp()) where key_id = $1 or prefix = $1";

    public static Task Insert(
        NpgsqlDataSource database, string id, string name, ProviderKey key, ProviderScopes scopes, CancellationToken cancel) =>
        Insert(database, id, name, key, scopes, expiresAt: null, cancel);

    /// <summary>False when it would be over already.</summary>
    /// <param name="expiresAt">From then on it opens nothing; never when null.</param>
    public static async Task<bool> Insert(
        NpgsqlDataSource database, string id, string name, ProviderKey key, ProviderScopes scopes, DateTimeOffset? expiresAt,
        CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var command = connection.Command(
            InsertSql, id, name, key.Prefix, key.Hash(), ScopeNames.Of(scopes).ToArray(), expiresAt);
        return await command.ExecuteNonQueryAsync(cancel) > 0;
    }

    /// <summary>Null when there is no such key, or none any more.</summary>
    public static async Task<ProviderCaller?> Find(NpgsqlDataSource database, byte[] hash, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var command = connection.Command(FindSql, hash);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        return await reader.ReadAsync(cancel)
            ? new ProviderCaller(reader.GetString(0), reader.GetString(1), ScopeNames.Read(reader.GetFieldValue<string[]>(2)))
            {
                ExpiresAt = reader.MomentOrNull(3),
            }
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
                reader.MomentOrNull(5), reader.MomentOrNull(6), reader.MomentOrNull(7), reader.GetBoolean(8)));
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
/// <param name="LastUsedAt">To the minute.</param>
/// <param name="IsOver">Its time is.</param>
internal sealed record KeyOnRecord(
    string Id, string Name, string Prefix, IReadOnlyList<string> Scopes, DateTimeOffset CreatedAt, DateTimeOffset? RevokedAt,
    DateTimeOffset? ExpiresAt, DateTimeOffset? LastUsedAt, bool IsOver);
