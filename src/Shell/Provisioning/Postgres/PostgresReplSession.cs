using System.Collections.Concurrent;
using System.Data;
using LanguageExt;
using Marketplace.Core.Repl;
using Marketplace.Shell.Repl;
using Npgsql;

namespace Marketplace.Shell.Provisioning.Postgres;

/// <summary>The statements of one command, one after the other; the first error is the last.</summary>
/// <remarks>
/// A read-only command is one transaction that reads only, cannot be left and is never committed. That is the second wall: the first is
/// that its login may write nothing. What either lets through, the other holds: a right that the customer gave to everybody, a function
/// that acts as its owner, a large object.
/// </remarks>
internal sealed class PostgresReplSession
{
    private const int NoticesMax = 50;

    /// <summary>How long the rest of a result is read when it is not shown.</summary>
    private static readonly TimeSpan RestOfReading = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan RestOfQuery = TimeSpan.FromSeconds(1);

    /// <summary>Rows that are there are shown when the next one takes longer.</summary>
    private static readonly TimeSpan NextRow = TimeSpan.FromMilliseconds(250);

    private readonly NpgsqlConnection connection;
    private readonly ReplCommand asked;
    private readonly ReplPage page;
    private readonly ConcurrentQueue<PostgresNotice> notices = new();
    private bool isInTransaction;

    public PostgresReplSession(NpgsqlConnection connection, ReplCommand asked, ReplPage page)
    {
        this.connection = connection;
        this.asked = asked;
        this.page = page;
        connection.Notice += (_, told) => Note(told.Notice);
    }

    public async Task Run(IReadOnlyList<SqlStatement> statements, CancellationToken cancel)
    {
        // Whoever is inside a savepoint cannot make the transaction write any more, not even before its first query.
        if (asked.IsReadOnly)
            await Execute("BEGIN READ ONLY; SAVEPOINT only_reading", cancel);

        foreach (var statement in statements)
        {
            if (!await Run(statement, cancel))
                return;
        }

        if (isInTransaction)
            await page.Say(cancel, PostgresReplTexts.NotCommitted);
    }

    /// <summary>Whether the command goes on.</summary>
    private async Task<bool> Run(SqlStatement statement, CancellationToken cancel)
    {
        if (statement.IsMetaCommand)
        {
            await page.Say(cancel, PostgresReplTexts.AboutMetaCommand(statement.Text));
            return true;
        }

        if (asked.IsReadOnly && statement.ControlsTransaction)
        {
            await page.Say(cancel, PostgresReplTexts.NoTransactions(statement.Words[0]));
            return false;
        }

        try
        {
            var isWhole = await Answer(statement, cancel);
            if (asked.IsReadOnly)
                await Execute(isWhole ? "RELEASE only_reading; SAVEPOINT only_reading" : "ROLLBACK TO only_reading", cancel);
            isInTransaction = After(statement);
            return true;
        }
        catch (PostgresException error)
        {
            await Tell(cancel);
            await PostgresReplTexts.Tell(page, error, asked, statement, cancel);
        }
        catch (NpgsqlException)
        {
            await page.Say(cancel, PostgresReplTexts.Lost(asked));
        }
        catch (NotSupportedException)
        {
            // The driver speaks COPY's own protocol only when it is asked for it, and then ends the connection.
            await page.Say(cancel, PostgresReplTexts.NoCopy);
        }

        return false;
    }

    /// <summary>Runs it and shows what it returns: whether all of it was read.</summary>
    private async Task<bool> Answer(SqlStatement statement, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(statement.Text, connection) { AllResultTypesAreUnknown = true, CommandTimeout = 0 };
        // A parameter by position, of which no statement needs to know, keeps the driver from cutting the text by its own rules: PostgreSQL
        // gets it as it is, takes one statement, and refuses more.
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = 0 });
        await using var reader = await command.ExecuteReaderAsync(CommandBehavior.SequentialAccess, cancel);
        var isWhole = true;
        if (reader.FieldCount > 0 || statement.Words is ["SELECT", ..])
        {
            page.BeginTable(Enumerable.Range(0, reader.FieldCount).Select(column => new ReplText(reader.GetName(column), IsBold: true)).ToSeq().Strict());
            isWhole = await ShowRows(reader, statement, cancel);
            await page.Flush(cancel);
        }

        await Tell(cancel);
        if (!isWhole)
            await page.Mention(cancel, PostgresReplTexts.Stopped(page.RowsMax, asked));
        else if (PostgresReplTexts.Tag(statement, reader.RecordsAffected) is { } tag)
            await page.Mention(cancel, tag);
        return isWhole;
    }

    private async Task<bool> ShowRows(NpgsqlDataReader reader, SqlStatement statement, CancellationToken cancel)
    {
        while (!page.IsFull)
        {
            var next = reader.ReadAsync(cancel);
            if (page.HasRowsWaiting && await Task.WhenAny(next, Task.Delay(NextRow, cancel)) != next)
                await page.Flush(cancel);
            if (!await next)
                return true;
            await page.Add(Row(reader), cancel);
        }

        return await SkipRest(reader, statement, cancel);
    }

    /// <summary>
    /// What is not shown is run to its end all the same when it may have changed something; a query alone is stopped after a while.
    /// </summary>
    private async Task<bool> SkipRest(NpgsqlDataReader reader, SqlStatement statement, CancellationToken cancel)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        if (asked.IsReadOnly || (!isInTransaction && statement.Words is [] or ["SELECT" or "TABLE" or "VALUES", ..]))
            patience.CancelAfter(asked.IsReadOnly ? RestOfReading : RestOfQuery);
        var skipped = 0L;
        try
        {
            while (await reader.ReadAsync(patience.Token))
                skipped++;
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return false;
        }

        if (skipped > 0)
            await page.Mention(cancel, PostgresReplTexts.NotShown(skipped));
        return true;
    }

    private Seq<ReplText> Row(NpgsqlDataReader reader)
    {
        var row = new ReplText[reader.FieldCount];
        var left = page.CharactersLeft;
        for (var column = 0; column < row.Length; column++)
        {
            row[column] = reader.IsDBNull(column) ? PostgresReplTexts.Null : Value(reader, column, Math.Min(page.CellCharactersMax, left));
            left -= Math.Min(row[column].Text.Length, left);
        }

        return row.ToSeq().Strict();
    }

    /// <summary>As PostgreSQL itself writes it, whatever its type. A long one is read no further than it is shown.</summary>
    private static string Value(NpgsqlDataReader reader, int column, int charactersMax)
    {
        using var text = reader.GetTextReader(column);
        var read = new char[Math.Min(charactersMax + 1, 256)];
        var length = 0;
        while (text.ReadBlock(read, length, read.Length - length) is > 0 and var more)
        {
            length += more;
            if (length > charactersMax)
                return $"{new string(read, 0, charactersMax)}…";
            if (length == read.Length)
                System.Array.Resize(ref read, Math.Min(read.Length * 2, charactersMax + 1));
        }

        return new string(read, 0, length);
    }

    private void Note(PostgresNotice notice)
    {
        if (notices.Count < NoticesMax)
            notices.Enqueue(notice);
    }

    private async Task Tell(CancellationToken cancel)
    {
        while (notices.TryDequeue(out var notice))
            await page.Mention(cancel, PostgresReplTexts.Of(notice));
    }

    private bool After(SqlStatement statement) => statement.Words switch
    {
        ["BEGIN" or "START", ..] => true,
        ["ROLLBACK", "TO", ..] or ["ROLLBACK", "WORK" or "TRANSACTION", "TO", ..] => isInTransaction,
        ["COMMIT" or "END" or "ROLLBACK" or "ABORT", .., "CHAIN"] => isInTransaction,
        ["COMMIT" or "END" or "ROLLBACK" or "ABORT", ..] or ["PREPARE", "TRANSACTION", ..] => false,
        _ => isInTransaction,
    };

    private async Task Execute(string sql, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancel);
    }
}
