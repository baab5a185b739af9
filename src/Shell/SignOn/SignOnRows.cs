using Marketplace.Core.Installations;
using Marketplace.Shell.Persistence;
using Npgsql;

namespace Marketplace.Shell.SignOn;

/// <summary>Sign-ons that began on our side and are not back yet, in PostgreSQL.</summary>
internal static class SignOnRows
{
    // Nobody signs on to an installation that is over, or that never was.
    private const string BeginSql = """
        insert into sign_on (installation_id, state_hash, browser_hash, begun_at)
        select installation_id, $2, $3, $4 from installation where installation_id = $1 and stage <> 'finalized'
        """;

    private const string TakeSql = """
        delete from sign_on where installation_id = $1 and state_hash = $2 returning browser_hash, begun_at
        """;

    // What never came back, of everybody. Batch claim of a job.
    private const string SweepSql = """
        delete from sign_on where (installation_id, state_hash) in (
            select installation_id, state_hash from sign_on where begun_at <= $1 limit $2 for update skip locked)
        """;

    /// <summary>False when nobody can sign on to the installation.</summary>
    public static async Task<bool> Begin(
        NpgsqlConnection connection, SignOnState state, SessionSecret browser, DateTimeOffset now, CancellationToken cancel)
    {
        await using var command = connection.Command(BeginSql, state.Installation.Value, state.Hash, browser.Hash, now);
        return await command.ExecuteNonQueryAsync(cancel) == 1;
    }

    /// <summary>Which browser it belongs to, and since when; null when there is none, or it was taken before. From now on there is none.</summary>
    public static async Task<(byte[] Browser, DateTimeOffset BegunAt)?> Take(
        NpgsqlConnection connection, SignOnState state, CancellationToken cancel)
    {
        await using var command = connection.Command(TakeSql, state.Installation.Value, state.Hash);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        return await reader.ReadAsync(cancel) ? (reader.GetFieldValue<byte[]>(0), reader.Moment(1)) : null;
    }

    public static async Task<int> Sweep(NpgsqlConnection connection, DateTimeOffset before, int max, CancellationToken cancel)
    {
        await using var command = connection.Command(SweepSql, before, max);
        return await command.ExecuteNonQueryAsync(cancel);
    }
}
