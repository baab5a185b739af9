using System.Buffers;
using System.Text;

namespace Marketplace.Shell.Http;

/// <summary>Rows of comma-separated values. Source: RFC 4180.</summary>
internal static class CsvText
{
    private static readonly SearchValues<char> Quoted = SearchValues.Create(",\"\r\n");

    /// <summary>What a spreadsheet takes for the beginning of a formula, wherever it stands.</summary>
    private static readonly SearchValues<char> Formula = SearchValues.Create("=+-@\t\r\n＝＋－＠");

    public static void Append(StringBuilder text, IEnumerable<CsvField> row)
    {
        var first = true;
        foreach (var field in row)
        {
            if (!first)
                text.Append(',');
            first = false;
            text.Append(Written(field));
        }

        text.Append("\r\n");
    }

    private static string Written(CsvField field)
    {
        var text = field.Text ?? "";
        // A name that somebody else has chosen must not compute anything on the machine of whoever opens the file.
        if (!field.IsOurs && text.TrimStart(' ') is [var start, ..] && Formula.Contains(start))
            text = $"'{text}";
        return text.AsSpan().ContainsAny(Quoted) || text.StartsWith(' ') || text.EndsWith(' ')
            ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;
    }
}

/// <param name="IsOurs">A number, a moment or a word of ours, which is written as it is; anything else may be somebody's text.</param>
internal readonly record struct CsvField(string? Text, bool IsOurs)
{
    public static CsvField Ours(string? text) => new(text, IsOurs: true);

    public static implicit operator CsvField(string? text) => new(text, IsOurs: false);
}
