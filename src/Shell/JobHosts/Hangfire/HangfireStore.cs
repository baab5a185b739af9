using Hangfire;
using Hangfire.Common;
using Hangfire.Logging;
using Hangfire.PostgreSql;
using Npgsql;

namespace Marketplace.Shell.JobHosts;

/// <summary>Hangfire's tables in our database. To open them costs nothing; they are made when a node starts.</summary>
internal static class HangfireStore
{
    public const string Schema = "hangfire";

    private const long SchemaLock = 0x48616E6766697265; // "Hangfire"

    /// <summary>Wakes are many, and the history of runs is in tables of our own: here they are kept for whoever looks on.</summary>
    private static readonly TimeSpan WakesKept = TimeSpan.FromMinutes(10);

    public static JobStorage Open(NpgsqlDataSource database, ILoggerFactory loggers)
    {
        LogProvider.SetCurrentLogProvider(new HangfireLog(loggers));
        return GlobalConfiguration.Configuration
            .SetDataCompatibilityLevel(CompatibilityLevel.Version_180)
            .UsePostgreSqlStorage(store => store.UseConnectionFactory(new Connections(database)), Options())
            .WithJobExpirationTimeout(WakesKept)
            .Entry;
    }

    /// <summary>
    /// Ours alone. Those that Hangfire brings try a wake that failed ten times again, where the next wake makes up for it, and write
    /// four rows more for each.
    /// </summary>
    public static IJobFilterProvider Filters(NpgsqlDataSource database) => new JobFilterCollection
    {
        new OneWakeAtATime(database),
        new FailuresEnd(),
        new StatisticsHistoryAttribute(),
    };

    /// <summary>Under a lock: of two nodes that start together, one would find half of what the other one makes, and fail.</summary>
    public static async Task Prepare(NpgsqlDataSource database, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using (var wait = new NpgsqlCommand($"select pg_advisory_lock({SchemaLock})", connection))
            await wait.ExecuteNonQueryAsync(cancel);
        try
        {
            await Task.Run(() => PostgreSqlObjectsInstaller.Install(connection, Schema), cancel);
        }
        finally
        {
            await using var leave = new NpgsqlCommand($"select pg_advisory_unlock({SchemaLock})", connection);
            await leave.ExecuteNonQueryAsync(CancellationToken.None);
        }
    }

    private static PostgreSqlStorageOptions Options() => new()
    {
        SchemaName = Schema,
        // Prepare does it, once and at the start: a database that is not there stops the start, and nothing is tried in silence.
        PrepareSchemaIfNecessary = false,
        StartupConnectionMaxRetries = 0,
        AllowDegradedModeWithoutStorage = false,
        // A wake is heard of at once; whoever has just begun to listen looks once a second all the same.
        EnableLongPolling = true,
        QueuePollInterval = TimeSpan.FromSeconds(1),
        // A node that does not renew what it took is dead, and another one takes it; should it live all the same, it still has its turn.
        UseSlidingInvisibilityTimeout = true,
        InvisibilityTimeout = NodePulse.SilenceMax,
        // Nothing is done under these locks but a few statements, and the schedule of everybody waits for those of a node that died.
        DistributedLockTimeout = NodePulse.SilenceMax,
        JobExpirationCheckInterval = TimeSpan.FromMinutes(1),
        CountersAggregateInterval = TimeSpan.FromMinutes(1),
    };

    private sealed class Connections(NpgsqlDataSource database) : IConnectionFactory
    {
        public NpgsqlConnection GetOrCreateConnection() => database.CreateConnection();
    }
}
