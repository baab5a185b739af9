using System.Diagnostics.CodeAnalysis;
using Npgsql;

namespace Marketplace.Shell.Persistence;

/// <summary>
/// What one decision writes: state, events, outbox rows and the idempotency record, collected first and sent in one round trip,
/// so that they commit together or not at all.
/// </summary>
internal sealed class Writes
{
    private readonly List<NpgsqlBatchCommand> commands = [];

    public void Add([ConstantExpected] string text, params ReadOnlySpan<object?> values)
    {
        var command = new NpgsqlBatchCommand(text);
        foreach (var value in values)
            command.Parameters.Add(Sql.Parameter(value));
        commands.Add(command);
    }

    /// <summary>Sends everything and commits.</summary>
    public async Task Commit(NpgsqlTransaction transaction, CancellationToken cancel)
    {
        if (commands.Count > 0)
        {
            await using var batch = new NpgsqlBatch(transaction.Connection, transaction);
            foreach (var command in commands)
                batch.BatchCommands.Add(command);
            await batch.ExecuteNonQueryAsync(cancel);
        }

        await transaction.CommitAsync(cancel);
    }
}
