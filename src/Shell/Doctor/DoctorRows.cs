using System.Diagnostics.CodeAnalysis;
using Marketplace.Shell.Persistence;
using Npgsql;

namespace Marketplace.Shell.Doctor;

/// <summary>What the doctor counts over everybody, by the indexes of what is not as it should be.</summary>
internal static class DoctorRows
{
    /// <summary>Enough to know that there are many.</summary>
    public const int CountMax = 1000;

    private const string DeadMessagesSql = "select count(*) from (select from outbox_message where state = 'dead' limit $1) as dead";

    private const string DeadEventsSql = "select count(*) from (select from provider_event where state = 'dead' limit $1) as dead";

    private const string DeadWebhooksSql = "select count(*) from (select from webhook where state = 'dead' limit $1) as dead";

    private const string LastWebhookSql = "select received_at from webhook where state = 'processed' order by received_at desc limit 1";

    public static Task<long> DeadMessages(NpgsqlConnection connection, CancellationToken cancel) => Count(connection, DeadMessagesSql, cancel);

    public static Task<long> DeadEvents(NpgsqlConnection connection, CancellationToken cancel) => Count(connection, DeadEventsSql, cancel);

    public static Task<long> DeadWebhooks(NpgsqlConnection connection, CancellationToken cancel) => Count(connection, DeadWebhooksSql, cancel);

    /// <summary>When the newest that is kept arrived; null where none is.</summary>
    public static async Task<DateTimeOffset?> LastWebhook(NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var command = connection.Command(LastWebhookSql);
        return await command.ExecuteScalarAsync(cancel) is DateTime at ? new DateTimeOffset(at, TimeSpan.Zero) : null;
    }

    private static async Task<long> Count(NpgsqlConnection connection, [ConstantExpected] string sql, CancellationToken cancel)
    {
        await using var command = connection.Command(sql, CountMax);
        return (long)(await command.ExecuteScalarAsync(cancel))!;
    }
}
