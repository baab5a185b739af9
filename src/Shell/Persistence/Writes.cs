using System.Diagnostics.CodeAnalysis;
using Npgsql;

namespace Marketplace.Shell.Persistence;

/// <summary>
/// What one decision writes: state, events, outbox rows and the idempotency record, collected first and sent in one round trip
/// with their commit, so that they commit together or not at all.
/// </summary>
internal sealed class Writes
{
    private readonly List<NpgsqlBatchCommand> commands = [];
    private readonly List<Gathered> gathered = [];

    public void Add([ConstantExpected] string text, params ReadOnlySpan<SqlValue> values) =>
        commands.Add(Sql.BatchCommand(text, values));

    /// <summary>One row of a table that a decision may write many to: they are sent as one statement, where the first was added.</summary>
    public void AddRow(Inserts into, params SqlValue[] row)
    {
        if (gathered.Find(rows => rows.Into == into) is { } begun)
        {
            begun.Rows.Add(row);
            return;
        }

        gathered.Add(new Gathered(into, commands.Count, [row]));
        // Its place, until all rows are known.
        commands.Add(new NpgsqlBatchCommand());
    }

    /// <summary>Nothing comes of the decision.</summary>
    public void Discard()
    {
        commands.Clear();
        gathered.Clear();
    }

    /// <summary>Sends everything, commits, and returns when PostgreSQL has said that the commit is durable.</summary>
    public Task Commit(NpgsqlTransaction transaction, CancellationToken cancel) => Commit(transaction.Connection!, cancel);

    /// <summary>The same in a transaction of its own.</summary>
    public async Task Commit(NpgsqlDataSource database, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await Send(connection, begin: true, cancel);
    }

    /// <summary>The same for the transaction that <see cref="Loads.Begin"/> has opened.</summary>
    /// <remarks>
    /// A statement that fails skips the rest of its batch, the commit too, and is thrown. PostgreSQL answers the commit of a transaction
    /// that has failed before with a rollback, which is no error; but then the first write is one.
    /// </remarks>
    public Task Commit(NpgsqlConnection connection, CancellationToken cancel) =>
        Send(connection, begin: false, cancel);

    /// <summary>The same for what several decisions write. Rows of one table are one statement, whoever added them.</summary>
    public static Task CommitTogether(NpgsqlConnection connection, IReadOnlyList<Writes> decisions, CancellationToken cancel)
    {
        var all = new Writes();
        foreach (var writes in decisions)
            all.commands.AddRange(writes.commands.Where((_, place) => !writes.gathered.Exists(rows => rows.Place == place)));
        // After all else: no decision looks at what another one inserts.
        foreach (var row in decisions.SelectMany(writes => writes.gathered))
            row.Rows.ForEach(values => all.AddRow(row.Into, values));
        return all.Commit(connection, cancel);
    }

    public bool IsEmpty => commands.Count == 0;

    private async Task Send(NpgsqlConnection connection, bool begin, CancellationToken cancel)
    {
        foreach (var rows in gathered)
            commands[rows.Place] = rows.Into.Command(rows.Rows);

        await using var batch = new NpgsqlBatch(connection);
        if (begin)
            batch.BatchCommands.Add(new NpgsqlBatchCommand("begin"));
        foreach (var command in commands)
            batch.BatchCommands.Add(command);
        batch.BatchCommands.Add(new NpgsqlBatchCommand("commit"));
        await batch.ExecuteNonQueryAsync(cancel);
    }

    /// <param name="Place">Among the commands.</param>
    private sealed record Gathered(Inserts Into, int Place, List<SqlValue[]> Rows);
}
