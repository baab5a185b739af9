using System.Diagnostics;
using Marketplace.Shell.Configuration;
using Npgsql;

namespace Marketplace.Shell.Persistence;

/// <summary>The connection of the start: waits a little for a database that is starting too, then says what is wrong.</summary>
internal static class FirstConnection
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    public static async Task<NpgsqlConnection> Open(NpgsqlDataSource database, CancellationToken cancel)
    {
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                return await database.OpenConnectionAsync(cancel);
            }
            catch (NpgsqlException fault) when (!WaitingHelps(fault) || Stopwatch.GetElapsedTime(started) > Patience)
            {
                throw new StartRefusedException(Describe(database, fault));
            }
            catch (NpgsqlException)
            {
                await Task.Delay(Pause, cancel);
            }
        }
    }

    /// <summary>In one line, for a person.</summary>
    public static string Reason(NpgsqlException fault) => fault is PostgresException refused
        ? $"{refused.MessageText} (SQLSTATE {refused.SqlState})"
        : (fault.InnerException ?? fault).Message;

    /// <summary>A wrong password or a missing database stays wrong.</summary>
    private static bool WaitingHelps(NpgsqlException fault) =>
        fault is not PostgresException refused
        || refused.SqlState is PostgresErrorCodes.CannotConnectNow or PostgresErrorCodes.TooManyConnections;

    private static string Describe(NpgsqlDataSource database, NpgsqlException fault)
    {
        var where = new NpgsqlConnectionStringBuilder(database.ConnectionString);
        return $"Marketplace cannot start: PostgreSQL at {where.Host}:{where.Port}, database {where.Database}, user {where.Username}, "
            + $"cannot be used: {Reason(fault)}. Start it, or correct ConnectionStrings__Marketplace.";
    }
}
