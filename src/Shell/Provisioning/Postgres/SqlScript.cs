using System.Collections.Immutable;

namespace Marketplace.Shell.Provisioning.Postgres;

/// <summary>One statement of a script, without the semicolon.</summary>
/// <param name="Offset">Where it begins in the script, in characters.</param>
/// <param name="Words">The words that it begins with, in upper case; none when it begins with something else, such as a parenthesis.</param>
internal sealed record SqlStatement(string Text, int Offset, ImmutableArray<string> Words)
{
    /// <summary>A command of psql's own, to the end of its line.</summary>
    public bool IsMetaCommand => Text.StartsWith('\\');

    /// <summary>Begins, ends or marks a transaction.</summary>
    public bool ControlsTransaction => Words switch
    {
        ["ABORT" or "BEGIN" or "COMMIT" or "END" or "RELEASE" or "ROLLBACK" or "SAVEPOINT" or "START", ..] => true,
        ["PREPARE", "TRANSACTION", ..] => true,
        _ => false,
    };

    public override string ToString() => $"{Text.Length} characters at {Offset}";
}

/// <summary>
/// Cuts a script into its statements, as psql does. Nothing depends on the cut being right: PostgreSQL is sent each piece as exactly one
/// statement and refuses what is more.
/// </summary>
internal sealed class SqlScript
{
    private const int WordsMax = 4;

    private readonly string script;
    private readonly List<SqlStatement> statements = [];
    private readonly List<string> words = [];
    private int at;
    private int start = -1;
    private bool stillWords = true;
    private int parentheses;
    private int bodies;

    private SqlScript(string script) => this.script = script;

    public static IReadOnlyList<SqlStatement> Statements(string script)
    {
        var reading = new SqlScript(script);
        reading.Read();
        return reading.statements;
    }

    private char Now => script[at];

    private char Next => at + 1 < script.Length ? script[at + 1] : '\0';

    /// <summary>Comments and space before a statement belong to none: what decides about a statement is what PostgreSQL reads first.</summary>
    private void Read()
    {
        while (at < script.Length)
        {
            switch (Now)
            {
                case ' ' or '\t' or '\n' or '\r' or '\f' or '\v':
                    at++;
                    break;
                case '-' when Next == '-':
                    SkipToEndOfLine();
                    break;
                case '/' when Next == '*':
                    SkipComment();
                    break;
                case ';' when parentheses == 0 && bodies == 0:
                    End(at);
                    at++;
                    break;
                case '\\' when start < 0:
                    start = at;
                    SkipToEndOfLine();
                    End(at);
                    break;
                default:
                    start = start < 0 ? at : start;
                    Token();
                    break;
            }
        }

        End(at);
    }

    private void Token()
    {
        if (BeginsWord(Now))
        {
            Word();
            return;
        }

        stillWords = false;
        switch (Now)
        {
            case '\'':
                SkipQuoted('\'', hasEscapes: false);
                break;
            case '"':
                SkipQuoted('"', hasEscapes: false);
                break;
            case '$' when DollarTag() is { } tag:
                SkipPast(tag);
                break;
            case '(':
                parentheses++;
                at++;
                break;
            case ')':
                parentheses = Math.Max(parentheses - 1, 0);
                at++;
                break;
            default:
                at++;
                break;
        }
    }

    private void Word()
    {
        var begin = at;
        while (at < script.Length && (BeginsWord(Now) || char.IsAsciiDigit(Now) || Now == '$'))
            at++;

        var word = script[begin..at].ToUpperInvariant();
        if (at < script.Length && Now == '\'' && word == "E")
        {
            stillWords = false;
            SkipQuoted('\'', hasEscapes: true);
            return;
        }

        if (stillWords && words.Count < WordsMax)
            words.Add(word);
        CountBodies(word);
    }

    /// <summary>The body of a function in standard SQL has statements of its own, from BEGIN ATOMIC to its END.</summary>
    private void CountBodies(string word)
    {
        var isRoutine = words is ["CREATE", "FUNCTION" or "PROCEDURE", ..] or ["CREATE", "OR", "REPLACE", "FUNCTION" or "PROCEDURE"];
        if (!isRoutine || parentheses > 0)
            return;

        bodies = word switch
        {
            "BEGIN" => bodies + 1,
            "CASE" when bodies > 0 => bodies + 1,
            "END" when bodies > 0 => bodies - 1,
            _ => bodies,
        };
    }

    private void SkipToEndOfLine()
    {
        while (at < script.Length && Now is not ('\n' or '\r'))
            at++;
    }

    /// <summary>Comments can be inside comments.</summary>
    private void SkipComment()
    {
        var depth = 0;
        do
        {
            (depth, at) = (Now, Next) switch
            {
                ('/', '*') => (depth + 1, at + 2),
                ('*', '/') => (depth - 1, at + 2),
                _ => (depth, at + 1),
            };
        }
        while (depth > 0 && at < script.Length);
        at = Math.Min(at, script.Length);
    }

    /// <summary>A doubled quote is the end of one quoted text and the beginning of the next, which comes to the same.</summary>
    private void SkipQuoted(char quote, bool hasEscapes)
    {
        at++;
        while (at < script.Length && Now != quote)
            at += hasEscapes && Now == '\\' ? 2 : 1;
        at = Math.Min(at + 1, script.Length);
        if (hasEscapes && at < script.Length && Now == quote)
            SkipQuoted(quote, hasEscapes);
    }

    private string? DollarTag()
    {
        var end = at + 1;
        while (end < script.Length && (BeginsWord(script[end]) || (char.IsAsciiDigit(script[end]) && end > at + 1)))
            end++;
        return end < script.Length && script[end] == '$' ? script[at..(end + 1)] : null;
    }

    private void SkipPast(string tag)
    {
        var end = script.IndexOf(tag, at + tag.Length, StringComparison.Ordinal);
        at = end < 0 ? script.Length : end + tag.Length;
    }

    private void End(int end)
    {
        if (start >= 0)
            statements.Add(new SqlStatement(script[start..end].TrimEnd(), start, [.. words]));
        words.Clear();
        (start, stillWords, parentheses, bodies) = (-1, true, 0, 0);
    }

    /// <summary>PostgreSQL takes every character beyond ASCII for a letter.</summary>
    private static bool BeginsWord(char letter) => char.IsAsciiLetter(letter) || letter == '_' || letter > '\x7f';
}
