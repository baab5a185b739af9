using Npgsql;

namespace Marketplace.Shell.JobHosts;

/// <summary>
/// The right to run a job, which one node has at a time. It lives and dies with its connection, however long the run takes: Hangfire's
/// own lock is a row with a time limit that nobody renews, too short for a long run and too long for a node that died.
/// </summary>
internal sealed class JobTurn : IAsyncDisposable
{
    private const string TryTakeSql = "select pg_try_advisory_lock(hashtextextended('job ' || $1, 0))";
    private const string LeaveSql = "select pg_advisory_unlock(hashtextextended('job ' || $1, 0))";

    private readonly NpgsqlConnection connection;
    private readonly string job;

    private JobTurn(NpgsqlConnection connection, string job) => (this.connection, this.job) = (connection, job);

    /// <summary>Null while another node has it.</summary>
    public static async Task<JobTurn?> TryTake(NpgsqlDataSource database, string job, CancellationToken cancel)
    {
        var opened = await database.OpenConnectionAsync(cancel);
        try
        {
            await using var command = Command(TryTakeSql, opened, job);
            if ((bool)(await command.ExecuteScalarAsync(cancel))!)
                return new JobTurn(opened, job);
        }
        catch
        {
            await opened.DisposeAsync();
            throw;
        }

        await opened.DisposeAsync();
        return null;
    }

    /// <summary>Where the database cannot be told any more, the connection is gone, and the turn with it.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await using var command = Command(LeaveSql, connection, job);
            await command.ExecuteNonQueryAsync(CancellationToken.None);
        }
        catch (NpgsqlException)
        {
            // See above.
        }
        finally
        {
            await connection.DisposeAsync();
        }
    }

    private static NpgsqlCommand Command(string sql, NpgsqlConnection connection, string job) =>
        new(sql, connection) { Parameters = { new() { Value = job } } };
}
