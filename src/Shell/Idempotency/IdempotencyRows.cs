using Marketplace.Core;
using Marketplace.Core.Installations;
using Marketplace.Jobs.Provisioning;
using Marketplace.Shell.Persistence;
using Npgsql;

namespace Marketplace.Shell.Idempotency;

/// <summary>The first answer to each keyed call (contract §B.0, <c>Idempotency-Key</c>).</summary>
internal static class IdempotencyRows
{
    private const string LoadSql = """
        select request_hash, operation_id, status_code, body from idempotency_record
        where installation_id = $1 and idempotency_key = $2
        """;

    private const string Into =
        "insert into idempotency_record (installation_id, idempotency_key, request_hash, requested_at, operation_id, status_code, body)";

    // Waits for a concurrent duplicate that has come as far as this, and breaks the key when that one commits.
    private const string InsertSql = $"{Into} values ($1, $2, $3, $4, $5, $6, $7)";

    private const string InsertManySql = $"""
        {Into}
        select * from unnest($1::text[], $2::text[], $3::bytea[], $4::timestamptz[], $5::text[], $6::integer[], $7::bytea[])
        """;

    private const string LoadSinceSql = $"{LoadSql} and requested_at > $3";

    private const string ReplaceSql = $"""
        {InsertSql}
        on conflict (installation_id, idempotency_key) do update set request_hash = excluded.request_hash,
            requested_at = excluded.requested_at, operation_id = excluded.operation_id, status_code = excluded.status_code, body = excluded.body
        """;

    private const string AnswerSql = """
        update idempotency_record set status_code = $3, body = $4
        where installation_id = $1 and idempotency_key = $2 and status_code is null
        """;

    private const string ReleaseSql = """
        delete from idempotency_record where installation_id = $1 and idempotency_key = $2 and status_code is null
        """;

    private const string LockSql = $"{LoadSql} for update";

    // It has no index of its own: every call would pay for what one pass a day reads.
    private const string ForgetSql = """
        delete from idempotency_record where (installation_id, idempotency_key) in (
            select installation_id, idempotency_key from idempotency_record where requested_at < $1 limit $2 for update skip locked)
        """;

    private static readonly Inserts Inserted = new(InsertSql, InsertManySql);

    /// <summary>What an earlier call with the key has left; null for the first.</summary>
    public static Loaded<EarlierCall?> Load(Loads loads, InstallationId installation, string key) =>
        loads.One(LoadSql, Read, installation.Value, key);

    /// <summary>The same where it came after a moment.</summary>
    public static Loaded<EarlierCall?> LoadSince(Loads loads, InstallationId installation, string key, DateTimeOffset since) =>
        loads.One(LoadSinceSql, Read, installation.Value, key, since);

    /// <summary>The record of a call that is under way, locked against its duplicates.</summary>
    public static Loaded<EarlierCall?> Lock(Loads loads, InstallationId installation, string key) =>
        loads.One(LockSql, Read, installation.Value, key);

    /// <summary>Keeps the answer to the first call with the key.</summary>
    public static void Insert(
        Writes writes, InstallationId installation, string key, byte[] requestHash, int statusCode, byte[] body, DateTimeOffset now) =>
        writes.AddRow(Inserted, installation.Value, key, requestHash, now, (string?)null, (int?)statusCode, body);

    /// <summary>Keeps what the first call with the key waits for.</summary>
    public static void Insert(
        Writes writes, InstallationId installation, string key, byte[] requestHash, OperationId operation, DateTimeOffset now) =>
        writes.AddRow(Inserted, installation.Value, key, requestHash, now, operation.Value, (int?)null, (byte[]?)null);

    /// <summary>Keeps the answer of the latest call in place of the one before, where what is done is its own key.</summary>
    public static void Replace(
        Writes writes, InstallationId installation, string key, byte[] requestHash, OperationId operation, int statusCode, byte[] body,
        DateTimeOffset now) =>
        writes.Add(ReplaceSql, installation.Value, key, requestHash, now, operation.Value, (int?)statusCode, body);

    /// <summary>Takes the key for a call whose answer is not known before it was done, and is not done twice.</summary>
    public static void Claim(Writes writes, InstallationId installation, string key, byte[] requestHash, DateTimeOffset now) =>
        writes.AddRow(Inserted, installation.Value, key, requestHash, now, (string?)null, (int?)null, (byte[]?)null);

    /// <summary>Frees the key of a call of which nothing came.</summary>
    public static void Release(Writes writes, InstallationId installation, string key) =>
        writes.Add(ReleaseSql, installation.Value, key);

    public static void Answer(Writes writes, InstallationId installation, string key, int statusCode, byte[] body) =>
        writes.Add(AnswerSql, installation.Value, key, statusCode, body);

    /// <summary>At most so many that were asked before a moment; how many it was.</summary>
    public static async Task<int> Forget(NpgsqlConnection connection, DateTimeOffset before, int max, CancellationToken cancel)
    {
        await using var command = connection.Command(ForgetSql, before, max);
        return await command.ExecuteNonQueryAsync(cancel);
    }

    private static EarlierCall Read(NpgsqlDataReader reader) =>
        new(reader.GetFieldValue<byte[]>(0),
            reader.TextOrNull(1) is { } operation ? new OperationId(operation) : null,
            reader.IsDBNull(2) ? null : reader.GetInt32(2),
            reader.IsDBNull(3) ? null : reader.GetFieldValue<byte[]>(3));
}

/// <summary>What an earlier call with the same key has left behind.</summary>
/// <param name="StatusCode">Null while that call is under way, or when the server died during it.</param>
/// <param name="Body">Encrypted.</param>
internal sealed record EarlierCall(byte[] RequestHash, OperationId? Operation, int? StatusCode, byte[]? Body);
