using Marketplace.Shell.JobHosts;
using Marketplace.Shell.Persistence;
using Npgsql;

namespace Marketplace.Shell.Health;

/// <summary>Who of those that run jobs has said lately that it lives.</summary>
internal static class HealthRows
{
    private const string LivingSql = """
        select count(*), coalesce(bool_or(node = $1), false) from job_node where stopped_at is null and seen_at > clock_timestamp() - $2::interval
        """;

    /// <param name="node">Null where this process runs none.</param>
    public static async Task<(int Workers, bool IsAmongThem)> Living(NpgsqlDataSource database, JobNode? node, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var command = connection.Command(LivingSql, node?.Name, NodePulse.SilenceMax);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        await reader.ReadAsync(cancel);
        return ((int)reader.GetInt64(0), reader.GetBoolean(1));
    }
}
