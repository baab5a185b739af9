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

    public bool IsEmpty => commands.Count == 0 && gathered.Count == 0;

    public void Add([ConstantExpected] string text, params ReadOnlySpan<SqlValue> values) =>
        commands.Add(Sql.BatchCommand(text, values));

    /// <summary>
    /// A row of a table to which a decision, or several at once, write many: they are inserted by one statement, after everything else,
    /// so that the decision changes nothing that it inserts like this.
    /// </summary>
    public void AddRow(Inserts into, params SqlValue[] row)
    {
        if (gathered.Find(rows => rows.Into == into) is { } begun)
            begun.Rows.Add(row);
        else
            gathered.Add(new Gathered(into, [row]));
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
        {
            all.commands.AddRange(writes.commands);
            foreach (var (into, rows) in writes.gathered)
                rows.ForEach(row => all.AddRow(into, row));
        }

        return all.Commit(connection, cancel);
    }

    private async Task Send(NpgsqlConnection connection, bool begin, CancellationToken cancel)
    {
        await using var batch = new NpgsqlBatch(connection);
        if (begin)
            batch.BatchCommands.Add(new NpgsqlBatchCommand("begin"));
        foreach (var command in commands)
            batch.BatchCommands.Add(command);
        foreach (var (into, rows) in gathered)
            batch.BatchCommands.Add(into.Command(rows));
        batch.BatchCommands.Add(new NpgsqlBatchCommand("commit"));
        await batch.ExecuteNonQueryAsync(cancel);
    }

    private sealed record Gathered(Inserts Into, List<SqlValue[]> Rows);
}
