using Marketplace.Core.Repl;
using Marketplace.Shell.Repl;
using Npgsql;

namespace Marketplace.Shell.Provisioning.Postgres;

/// <summary>What the console says beside the rows: psql's words where it has some.</summary>
internal static class PostgresReplTexts
{
    private const string ErrorColor = "red";
    private const string NoticeColor = "orange";
    private const string QuietColor = "gray";

    /// <summary>Told apart from a text that reads the same.</summary>
    public static ReplText Null { get; } = new("NULL", Color: QuietColor, IsItalic: true);

    public static ReplText NothingToRun { get; } = Quiet("There is nothing to run.");

    public static ReplText NotCommitted { get; } =
        Warning("The transaction was not committed, so nothing of it is kept: a command and its COMMIT belong together.");

    public static ReplText NoCopy { get; } =
        Error("COPY from or to the client does not work here. Use SELECT or INSERT, or psql with the secrets of the database.");

    public static ReplText NoTransactions(string word) =>
        Error($"{word} cannot be used here: a read-only command is one transaction that only reads, from its beginning to its end.");

    public static ReplText NotShown(long rows) => Quiet($"{Counted(rows, "more row")} not shown.");

    public static ReplText Stopped(int rowsMax, ReplCommand asked) => Quiet(
        $"Only the first rows are shown, {rowsMax} at most. The query was stopped there"
        + (asked.IsReadOnly ? "." : ", and what functions in it had changed is undone."));

    public static ReplText OutOfTime(TimeSpan limit, ReplCommand asked) => Error(
        $"Stopped after {limit.TotalSeconds:0.#} seconds."
        + (asked.IsReadOnly ? "" : " What this statement had done is undone, unless it committed by itself; the statements before it stay."));

    public static ReplText Lost(ReplCommand asked) => Error(
        "The connection to the database was lost."
        + (asked.IsReadOnly ? "" : " Whether the last statement took effect is not known: look before you repeat it."));

    public static ReplText Refused(string reason) => Error(reason);

    public static ReplText Of(PostgresNotice notice) => new($"{notice.InvariantSeverity}:  {notice.MessageText}", Color: NoticeColor);

    public static ReplText AboutMetaCommand(string command) => Quiet(
        $"{command.Split([' ', '\t'], 2)[0]} is a command of psql, and here is SQL only. " + (command.TrimEnd('+', 'S') switch
        {
            var d when d.StartsWith(@"\dn", StringComparison.Ordinal) => "Try: SELECT schema_name FROM information_schema.schemata;",
            var d when d.StartsWith(@"\df", StringComparison.Ordinal) =>
                "Try: SELECT routine_schema, routine_name FROM information_schema.routines WHERE routine_schema NOT IN ('pg_catalog', 'information_schema');",
            var d when d.StartsWith(@"\di", StringComparison.Ordinal) => "Try: SELECT schemaname, tablename, indexname FROM pg_indexes;",
            var d when d.StartsWith(@"\d ", StringComparison.Ordinal) =>
                "Try: SELECT column_name, data_type, is_nullable FROM information_schema.columns WHERE table_name = '…';",
            var d when d.StartsWith(@"\d", StringComparison.Ordinal) =>
                "Try: SELECT table_schema, table_name FROM information_schema.tables WHERE table_schema NOT IN ('pg_catalog', 'information_schema');",
            _ => "Statements end with a semicolon.",
        }));

    /// <summary>What PostgreSQL calls done; none for what has shown its rows and changed nothing.</summary>
    public static ReplText? Tag(SqlStatement statement, int affected) => statement.Words switch
    {
        ["INSERT", ..] => new($"INSERT 0 {affected}"),
        ["UPDATE" or "DELETE" or "MERGE", ..] => new($"{statement.Words[0]} {affected}"),
        ["SELECT" or "TABLE" or "VALUES" or "SHOW" or "EXPLAIN" or "FETCH", ..] or [] => null,
        ["WITH", ..] => affected < 0 ? null : new(Counted(affected, "row")),
        ["CREATE" or "ALTER" or "DROP", ..] => new(string.Join(' ', statement.Words.Take(1).Concat(Kind(statement)))),
        ["TRUNCATE", ..] => new("TRUNCATE TABLE"),
        _ => new(statement.Words[0]),
    };

    /// <summary>The error as psql shows it, each part in a paragraph.</summary>
    public static async ValueTask Tell(
        ReplPage page, PostgresException error, ReplCommand asked, SqlStatement statement, CancellationToken cancel)
    {
        await page.Say(
            cancel, new ReplText($"{error.InvariantSeverity}:  ", Color: ErrorColor, IsBold: true), Error(error.MessageText),
            Quiet($" ({error.SqlState})"));
        if (error.Position > 0)
            await page.Say(cancel, Place(asked.Input, statement.Offset + error.Position - 1));
        foreach (var (name, text) in new[] { ("DETAIL", error.Detail), ("HINT", error.Hint), ("CONTEXT", error.Where) })
        {
            if (!string.IsNullOrEmpty(text))
                await page.Say(cancel, new ReplText($"{name}:  ", IsBold: true), text);
        }

        if (asked.IsReadOnly && error.SqlState is PostgresErrorCodes.ReadOnlySqlTransaction or PostgresErrorCodes.InsufficientPrivilege)
            await page.Say(cancel, Quiet("This console is in read-only mode, in which nothing can be changed."));
    }

    /// <summary>PostgreSQL counts characters, and a pair of surrogates is one.</summary>
    private static ReplText Place(string script, int at)
    {
        var before = script.AsSpan(0, Math.Clamp(at, 0, script.Length));
        return Quiet($"At line {before.Count('\n') + 1}, column {before.Length - (before.LastIndexOf('\n') + 1) + 1}.");
    }

    private static IEnumerable<string> Kind(SqlStatement statement) => statement.Words.Skip(1)
        .SkipWhile(word => word is "OR" or "REPLACE" or "TEMP" or "TEMPORARY" or "UNLOGGED" or "UNIQUE" or "GLOBAL" or "LOCAL" or "RECURSIVE")
        .Take(statement.Words.Contains("MATERIALIZED") ? 2 : 1);

    private static string Counted(long count, string what) => $"{count} {what}{(count == 1 ? "" : "s")}";

    private static ReplText Error(string text) => new(text, Color: ErrorColor);

    private static ReplText Warning(string text) => new(text, Color: NoticeColor);

    private static ReplText Quiet(string text) => new(text, Color: QuietColor, IsItalic: true);
}
