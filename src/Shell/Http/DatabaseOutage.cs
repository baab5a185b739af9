using System.Net.Sockets;
using Npgsql;

namespace Marketplace.Shell.Http;

/// <summary>Tells a database that cannot be had right now from a fault of ours.</summary>
public static class DatabaseOutage
{
    /// <summary>
    /// No connection, none left in the pool, no answer in time, or the server ends what there was: the same request may
    /// work in a moment. Whether a commit that was under way took hold is unknown; the idempotency record knows.
    /// </summary>
    public static bool Is(Exception fault) => fault switch
    {
        PostgresException refused => refused.SqlState is
            PostgresErrorCodes.AdminShutdown or
            PostgresErrorCodes.CrashShutdown or
            PostgresErrorCodes.CannotConnectNow or
            PostgresErrorCodes.TooManyConnections or
            PostgresErrorCodes.ReadOnlySqlTransaction or
            PostgresErrorCodes.ConnectionException or
            PostgresErrorCodes.ConnectionFailure or
            PostgresErrorCodes.ConnectionDoesNotExist,
        NpgsqlException { InnerException: SocketException or IOException or TimeoutException } => true,
        NpgsqlException lost => lost.IsTransient,
        { InnerException: { } inner } => Is(inner),
        _ => false,
    };
}
