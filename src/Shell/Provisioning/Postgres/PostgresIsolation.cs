using Npgsql;
using static Marketplace.Shell.Provisioning.Postgres.SqlText;

namespace Marketplace.Shell.Provisioning.Postgres;

/// <summary>
/// Keeps customers out of every database of the target server but their own. PostgreSQL lets everybody connect everywhere
/// unless told otherwise, and a server has databases that we did not make.
/// </summary>
internal sealed partial class PostgresIsolation(ILogger<PostgresIsolation> log)
{
    private const int AttemptsMax = 10;

    private readonly HashSet<string> warnedOf = [];

    /// <summary>Takes the right to connect from PUBLIC where we may, and says what to do where we may not.</summary>
    public async Task Enforce(NpgsqlDataSource pool, CancellationToken cancel)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await using var server = await LockedServer.Open(pool, "isolation", cancel);
                await CloseOurs(server, cancel);
                await WarnOfOthers(server, cancel);
                return;
            }
            catch (PostgresException raced) when (raced.SqlState == PostgresErrorCodes.InternalError && attempt < AttemptsMax)
            {
                // "tuple concurrently updated": somebody else is changing the rights of a database, perhaps to the same end.
                // The driver has given up the connection by now.
            }
        }
    }

    private const string OpenToPublic =
        """
        SELECT datname FROM pg_database
        WHERE datallowconn AND pg_has_role(datdba, 'USAGE') = $1 AND EXISTS (
            SELECT FROM aclexplode(coalesce(datacl, acldefault('d', datdba))) AS entry
            WHERE entry.grantee = 0 AND entry.privilege_type = 'CONNECT')
        ORDER BY datname
        """;

    private async Task CloseOurs(LockedServer server, CancellationToken cancel)
    {
        foreach (var database in await server.Names(OpenToPublic, argument: true, cancel))
        {
            try
            {
                await server.Execute(RevokeFrom(database), cancel);
                LogClosed(log, database);
            }
            catch (PostgresException gone) when (gone.SqlState == PostgresErrorCodes.InvalidCatalogName)
            {
                // Dropped in the meantime: closed enough.
            }
        }
    }

    private async Task WarnOfOthers(LockedServer server, CancellationToken cancel)
    {
        foreach (var database in await server.Names(OpenToPublic, argument: false, cancel))
        {
            if (FirstTime(database))
            {
                LogOpen(log, database, RevokeFrom(database));
            }
        }
    }

    private bool FirstTime(string database)
    {
        lock (warnedOf)
        {
            return warnedOf.Add(database);
        }
    }

    private static string RevokeFrom(string database) => $"REVOKE CONNECT ON DATABASE {Identifier(database)} FROM PUBLIC";

    [LoggerMessage(Level = LogLevel.Information, Message = "Closed database {Database} to customers of the same PostgreSQL server")]
    private static partial void LogClosed(ILogger log, string database);

    [LoggerMessage(Level = LogLevel.Warning,
        Message = "Customers can connect to database {Database}, which is not ours to close. Its owner or a superuser should run: {Sql};")]
    private static partial void LogOpen(ILogger log, string database, string sql);
}
