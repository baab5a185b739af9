using System.Diagnostics.CodeAnalysis;
using LanguageExt;
using Npgsql;

namespace Marketplace.Shell.Persistence;

/// <summary>What one request has to know, collected first and sent in one round trip.</summary>
/// <remarks>
/// The order of collection is the order of locks. In READ COMMITTED each statement sees what was committed before it began, so that
/// what stands behind a lock that had to be waited for is as new as the lock.
/// </remarks>
internal sealed class Loads
{
    private static readonly string[] BeginSql = ["begin"];

    // In milliseconds, of which a decision holds its locks for a few.
    private static readonly string[] BeginTogetherSql = ["begin", "set local lock_timeout = 100"];

    // From the sixth time on PostgreSQL would plan once for whatever is asked.
    private static readonly string[] BeginAnewSql = ["begin", "set local plan_cache_mode = force_custom_plan"];

    private readonly List<NpgsqlBatchCommand> commands = [];
    private readonly List<Func<NpgsqlDataReader, CancellationToken, Task>> readers = [];

    /// <summary>The first row; null when there is none.</summary>
    public Loaded<T?> One<T>([ConstantExpected] string text, Func<NpgsqlDataReader, T> read, params ReadOnlySpan<SqlValue> values)
        where T : class => One<T?>(null, text, read, values);

    /// <summary>The first row, or what stands for none.</summary>
    public Loaded<T> One<T>(
        T absent, [ConstantExpected] string text, Func<NpgsqlDataReader, T> read, params ReadOnlySpan<SqlValue> values)
    {
        var loaded = new Loaded<T>();
        return Add(loaded, text, values, async (reader, cancel) => loaded.Value = await reader.ReadAsync(cancel) ? read(reader) : absent);
    }

    public Loaded<Seq<T>> Many<T>([ConstantExpected] string text, Func<NpgsqlDataReader, T> read, params ReadOnlySpan<SqlValue> values)
    {
        var loaded = new Loaded<Seq<T>>();
        return Add(loaded, text, values, async (reader, cancel) =>
        {
            var rows = new List<T>();
            while (await reader.ReadAsync(cancel))
                rows.Add(read(reader));
            loaded.Value = rows.ToSeq().Strict();
        });
    }

    /// <summary>For a request that changes nothing. Where nothing is asked, nobody is.</summary>
    public async Task Read(NpgsqlDataSource database, CancellationToken cancel)
    {
        if (commands.Count == 0)
            return;

        await using var connection = await database.OpenConnectionAsync(cancel);
        await Send(connection, [], [this], cancel);
    }

    /// <summary>
    /// The same for statements that ask for little of what they can: each is planned for the values that it is asked with, every time, so that
    /// what is not asked for costs nothing.
    /// </summary>
    public async Task ReadPlannedAnew(NpgsqlDataSource database, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await Send(connection, BeginAnewSql, [this], cancel);
    }

    /// <summary>The same on a connection that is there already.</summary>
    public Task Read(NpgsqlConnection connection, CancellationToken cancel) => Send(connection, [], [this], cancel);

    /// <summary>Within a transaction that is open already.</summary>
    public Task Send(NpgsqlTransaction transaction, CancellationToken cancel) => Send(transaction.Connection!, [], [this], cancel);

    /// <summary>For a decision: opens the transaction that <see cref="Writes"/> commits. Where nothing is committed, the pool rolls it back.</summary>
    public Task Begin(NpgsqlConnection connection, CancellationToken cancel) => Send(connection, BeginSql, [this], cancel);

    /// <summary>
    /// The same for several decisions in one transaction, which waits for no lock longer than a tenth of a second: whoever has to wait must
    /// not keep the others waiting.
    /// </summary>
    public static Task BeginTogether(NpgsqlConnection connection, IReadOnlyList<Loads> decisions, CancellationToken cancel) =>
        Send(connection, BeginTogetherSql, decisions, cancel);

    private static async Task Send(NpgsqlConnection connection, string[] first, IReadOnlyList<Loads> all, CancellationToken cancel)
    {
        await using var batch = new NpgsqlBatch(connection);
        foreach (var statement in first)
            batch.BatchCommands.Add(new NpgsqlBatchCommand(statement));
        foreach (var loads in all)
        {
            foreach (var command in loads.commands)
                batch.BatchCommands.Add(command);
        }

        // A statement without rows, like begin, is no result to the reader.
        await using var reader = await batch.ExecuteReaderAsync(cancel);
        foreach (var loads in all)
        {
            foreach (var read in loads.readers)
            {
                await read(reader, cancel);
                await reader.NextResultAsync(cancel);
            }
        }
    }

    private Loaded<T> Add<T>(
        Loaded<T> loaded, [ConstantExpected] string text, ReadOnlySpan<SqlValue> values, Func<NpgsqlDataReader, CancellationToken, Task> read)
    {
        commands.Add(Sql.BatchCommand(text, values));
        readers.Add(read);
        return loaded;
    }
}

/// <summary>A value that is there once its <see cref="Loads"/> were sent.</summary>
internal sealed class Loaded<T>
{
    private bool isThere;

    public T Value
    {
        get => isThere ? field! : throw new InvalidOperationException("It is not loaded yet: a decision looks at it, not what comes before.");
        set
        {
            field = value;
            isThere = true;
        }
    }
}
