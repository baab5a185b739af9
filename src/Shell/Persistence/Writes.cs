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
    /// <param name="one">Inserts one row.</param>
    /// <param name="many">Inserts the same columns, in the same order, of arrays.</param>
    public void AddRow([ConstantExpected] string one, [ConstantExpected] string many, params SqlValue[] row)
    {
        if (gathered.Find(rows => rows.One == one) is { } begun)
        {
            begun.Rows.Add(row);
            return;
        }

        gathered.Add(new Gathered(one, commands.Count, [row], columns => Sql.BatchCommand(many, columns)));
        commands.Add(Sql.BatchCommand(one, row));
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

    private async Task Send(NpgsqlConnection connection, bool begin, CancellationToken cancel)
    {
        foreach (var rows in gathered.Where(rows => rows.Rows.Count > 1))
            commands[rows.Place] = rows.Together();

        await using var batch = new NpgsqlBatch(connection);
        if (begin)
            batch.BatchCommands.Add(new NpgsqlBatchCommand("begin"));
        foreach (var command in commands)
            batch.BatchCommands.Add(command);
        batch.BatchCommands.Add(new NpgsqlBatchCommand("commit"));
        await batch.ExecuteNonQueryAsync(cancel);
    }

    /// <param name="Place">Among the commands.</param>
    private sealed record Gathered(string One, int Place, List<SqlValue[]> Rows, Func<SqlValue[], NpgsqlBatchCommand> Insert)
    {
        public NpgsqlBatchCommand Together() => Insert(
            [.. Rows[0].Select((first, column) => SqlValue.Column(Rows.Select(row => row[column]), first.Parameter.NpgsqlDbType))]);
    }
}
