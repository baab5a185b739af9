using Marketplace.Shell.Configuration;
using Npgsql;

namespace Marketplace.Shell.Persistence;

/// <summary>Brings the database to this binary's schema: forward only, one transaction per step, one process at a time.</summary>
internal sealed partial class Migrations(NpgsqlDataSource database, ILogger<Migrations> log, IReadOnlyList<Migration> ours)
{
    /// <summary>Whoever holds it migrates; the number is ours alone in our own database.</summary>
    private const long AdvisoryLock = 0x4D61726B6574; // "Market"

    private const int StepTimeoutSeconds = 600;

    private const int LockAttemptsMax = 20;

    public Migrations(NpgsqlDataSource database, ILogger<Migrations> log)
        : this(database, log, Migration.Embedded)
    {
    }

    /// <summary>Whoever waits for a table keeps everybody behind it waiting, and older versions go on working meanwhile.</summary>
    public TimeSpan LockPatience { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How many steps were applied.</summary>
    /// <exception cref="StartRefusedException">The database cannot be brought there.</exception>
    public async Task<int> Apply(CancellationToken cancel)
    {
        await using var connection = await FirstConnection.Open(database, cancel);
        var pending = MigrationHistory.Pending(ours, await MigrationHistory.Load(connection, cancel));
        foreach (var migration in pending)
        {
            for (var attempt = 1; !await Apply(connection, migration, isLast: attempt == LockAttemptsMax, cancel); attempt++)
            {
                LogBusy(migration.ToString(), attempt);
                await Task.Delay(LockPatience, cancel);
            }
        }

        return pending.Count;
    }

    /// <summary>For a command that only looks, and so does not migrate.</summary>
    /// <exception cref="StartRefusedException">The database is at another schema, or cannot be used.</exception>
    public async Task Require(CancellationToken cancel)
    {
        await using var connection = await FirstConnection.Open(database, cancel);
        if (MigrationHistory.Pending(ours, await MigrationHistory.Load(connection, cancel)) is [var next, ..])
        {
            throw new StartRefusedException($"Migration {next} is pending: start the server, or apply it with the command migrate.");
        }
    }

    /// <summary>Whether this binary can work on the database: nothing of its schema is missing, and nothing that it needs was taken away.</summary>
    public async Task<bool> AreApplied(CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        var applied = await MigrationHistory.Load(connection, cancel);
        try
        {
            return MigrationHistory.Pending(ours, applied).Count == 0;
        }
        catch (StartRefusedException)
        {
            return false;
        }
    }

    /// <summary>Whether it is there now; not where a table that it changes was in use for too long, unless nobody would try again.</summary>
    private async Task<bool> Apply(NpgsqlConnection connection, Migration migration, bool isLast, CancellationToken cancel)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        // Released with the transaction, so that it works through a connection pooler and cannot be left behind.
        await Execute(transaction, $"select pg_advisory_xact_lock({AdvisoryLock})", cancel);
        await MigrationHistory.EnsureTable(transaction, cancel);

        // Another process may have come first while this one waited.
        var stillPending = MigrationHistory.Pending(ours, await MigrationHistory.Load(connection, cancel));
        if (!stillPending.Contains(migration))
        {
            return true;
        }

        try
        {
            await Execute(transaction, $"set local lock_timeout = {(int)LockPatience.TotalMilliseconds}", cancel);
            await Execute(transaction, migration.Sql, cancel);
        }
        catch (PostgresException busy) when (busy.SqlState == PostgresErrorCodes.LockNotAvailable && !isLast)
        {
            return false;
        }
        catch (PostgresException refused)
        {
            throw new StartRefusedException(
                $"Marketplace cannot start: migration {migration} failed, and nothing of it was applied: "
                + $"{refused.MessageText} (SQLSTATE {refused.SqlState})");
        }

        await MigrationHistory.Append(transaction, migration, cancel);
        await transaction.CommitAsync(cancel);
        LogApplied(migration.ToString());
        return true;
    }

    private static async Task Execute(NpgsqlTransaction transaction, string sql, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(sql, transaction.Connection, transaction) { CommandTimeout = StepTimeoutSeconds };
        await command.ExecuteNonQueryAsync(cancel);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Migration {Migration} applied")]
    private partial void LogApplied(string migration);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Migration {Migration} found a table in use, for the {Attempt}. time; it tries again")]
    private partial void LogBusy(string migration, int attempt);
}
