using Marketplace.Core;
using Marketplace.Core.Installations;
using Marketplace.Jobs.Provisioning;
using Marketplace.Shell.Persistence;
using Npgsql;

namespace Marketplace.Shell.Idempotency;

/// <summary>The first answer to each keyed call (contract §B.0, <c>Idempotency-Key</c>).</summary>
internal static class IdempotencyRows
{
    // A concurrent duplicate waits here until the first commits, and then finds its record.
    private const string BeginSql = """
        insert into idempotency_record (installation_id, idempotency_key, request_hash, requested_at)
        values ($1, $2, $3, $4) on conflict do nothing
        """;

    private const string LoadSql = """
        select request_hash, operation_id, status_code, body from idempotency_record
        where installation_id = $1 and idempotency_key = $2
        """;

    private const string NameOperationSql = """
        update idempotency_record set operation_id = $3 where installation_id = $1 and idempotency_key = $2
        """;

    private const string AnswerSql = """
        update idempotency_record set status_code = $3, body = $4
        where installation_id = $1 and idempotency_key = $2 and status_code is null
        """;

    private const string LockSql = $"{LoadSql} for update";

    /// <summary>Takes the key for this call, or returns what an earlier call with it has left.</summary>
    public static async Task<EarlierCall?> Begin(
        NpgsqlTransaction transaction, InstallationId installation, string key, byte[] requestHash, DateTimeOffset now,
        CancellationToken cancel)
    {
        await using var begin = transaction.Command(BeginSql, installation.Value, key, requestHash, now);
        if (await begin.ExecuteNonQueryAsync(cancel) == 1)
            return null;

        await using var load = transaction.Command(LoadSql, installation.Value, key);
        return await Read(load, key, cancel);
    }

    /// <summary>The record of a call that is under way, locked against its duplicates.</summary>
    public static async Task<EarlierCall> Lock(
        NpgsqlTransaction transaction, InstallationId installation, string key, CancellationToken cancel)
    {
        await using var command = transaction.Command(LockSql, installation.Value, key);
        return await Read(command, key, cancel);
    }

    private static async Task<EarlierCall> Read(NpgsqlCommand command, string key, CancellationToken cancel)
    {
        await using var reader = await command.ExecuteReaderAsync(cancel);
        return await reader.ReadAsync(cancel)
            ? new EarlierCall(
                reader.GetFieldValue<byte[]>(0),
                reader.TextOrNull(1) is { } operation ? new OperationId(operation) : null,
                reader.IsDBNull(2) ? null : reader.GetInt32(2),
                reader.IsDBNull(3) ? null : reader.GetFieldValue<byte[]>(3))
            : throw new CorruptRowException("idempotency_record", key, "it vanished between two statements");
    }

    public static void NameOperation(Writes writes, InstallationId installation, string key, OperationId operation) =>
        writes.Add(NameOperationSql, installation.Value, key, operation.Value);

    public static void Answer(Writes writes, InstallationId installation, string key, int statusCode, byte[] body) =>
        writes.Add(AnswerSql, installation.Value, key, statusCode, body);
}

/// <summary>What an earlier call with the same key has left behind.</summary>
/// <param name="StatusCode">Null while that call is under way, or when the server died during it.</param>
/// <param name="Body">Encrypted.</param>
internal sealed record EarlierCall(byte[] RequestHash, OperationId? Operation, int? StatusCode, byte[]? Body);
