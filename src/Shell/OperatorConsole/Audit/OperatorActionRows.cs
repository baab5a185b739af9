using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using Marketplace.Shell.OperatorConsole.SignIn;
using Marketplace.Shell.Persistence;
using Npgsql;

namespace Marketplace.Shell.OperatorConsole.Audit;

/// <summary>What operators did, in PostgreSQL.</summary>
internal static class OperatorActionRows
{
    private const string BeginSql = """
        insert into operator_action (at, person, issuer, subject, action, about, reason, origin, outcome, told) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
        returning number
        """;

    private const string InsertSql = """
        insert into operator_action (at, person, issuer, subject, action, about, reason, origin, outcome, told) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
        """;

    private const string EndSql = "update operator_action set outcome = $2, told = $3 where number = $1";

    // The words are those of the index; the last one may be begun alone.
    private const string HasWords = """
        ($5::text is null or to_tsvector('simple', translate(person || ' ' || subject || ' ' || action || ' ' || about || ' ' || reason || ' ' || told, '@._-/:', '      '))
            @@ (nullif(phraseto_tsquery('simple', translate($5, '@._-/:', '      '))::text, '') || ':*')::tsquery)
        """;

    private const string NewestSql = $"""
        select number, at, person, issuer, subject, action, about, reason, origin, outcome, told from operator_action
        where number < $1 and ($2::text is null or person = $2) and ($3::text is null or action = $3) and ($4::text is null or outcome = $4)
            and {HasWords} and ($7::timestamptz is null or at >= $7) and ($8::timestamptz is null or at < $8)
        order by number desc limit $6
        """;

    private const string OldestSql = $"""
        select number, at, person, issuer, subject, action, about, reason, origin, outcome, told from operator_action
        where number > $1 and ($2::text is null or person = $2) and ($3::text is null or action = $3) and ($4::text is null or outcome = $4)
            and {HasWords} and ($7::timestamptz is null or at >= $7) and ($8::timestamptz is null or at < $8)
        order by number limit $6
        """;

    /// <summary>Returns the number by which it is ended.</summary>
    public static async Task<long> Begin(NpgsqlConnection connection, RecordedAction action, CancellationToken cancel)
    {
        await using var command = connection.Command(BeginSql, Values(action));
        return (long)(await command.ExecuteScalarAsync(cancel))!;
    }

    /// <summary>What is known to its end already.</summary>
    public static void Insert(Writes writes, RecordedAction action) => writes.Add(InsertSql, Values(action));

    public static async Task End(NpgsqlConnection connection, long number, ActionOutcome outcome, string told, CancellationToken cancel)
    {
        await using var command = connection.Command(EndSql, number, Name(outcome), told);
        await command.ExecuteNonQueryAsync(cancel);
    }

    public static async Task<IReadOnlyList<RecordedAction>> List(NpgsqlConnection connection, AskedActions asked, CancellationToken cancel)
    {
        await using var command = asked.NewestFirst ? Command(connection, NewestSql, asked) : Command(connection, OldestSql, asked);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var actions = new List<RecordedAction>();
        while (await reader.ReadAsync(cancel))
        {
            actions.Add(new RecordedAction(
                reader.Moment(1), new OperatorPerson(reader.GetString(2), reader.GetString(3), reader.GetString(4)), reader.GetString(5), reader.GetString(6),
                reader.GetString(7), reader.GetString(8), Outcome(reader.GetString(9)), reader.GetString(10)) { Number = reader.GetInt64(0) });
        }

        return actions;
    }

    public static string Name(ActionOutcome outcome) =>
        outcome switch
        {
            ActionOutcome.Begun => "begun",
            ActionOutcome.Done => "done",
            ActionOutcome.Refused => "refused",
            ActionOutcome.Failed => "failed",
            _ => throw new UnreachableException(outcome.ToString()),
        };

    public static ActionOutcome Outcome(string text) => Enum.Parse<ActionOutcome>(text, ignoreCase: true);

    private static NpgsqlCommand Command(NpgsqlConnection connection, [ConstantExpected] string sql, AskedActions asked) => connection.Command(
        sql, asked.From, asked.Person, asked.Action, asked.Outcome is { } outcome ? Name(outcome) : null, asked.Words, asked.Look, asked.Since, asked.Before);

    private static SqlValue[] Values(RecordedAction action) =>
    [
        action.At, action.Person.Name, action.Person.Issuer, action.Person.Subject, action.Action, action.About, action.Reason, action.Origin,
        Name(action.Outcome), action.Told,
    ];
}
