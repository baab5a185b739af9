using System.Text.Json;

namespace Marketplace.Shell.UsageEvents;

/// <summary>The texts of one request: what returns with every event, such as its metric, is one string.</summary>
internal sealed class KnownTexts
{
    public const int LengthMax = 255;

    private readonly System.Collections.Generic.HashSet<string> known = new(StringComparer.Ordinal);
    private readonly System.Collections.Generic.HashSet<string>.AlternateLookup<ReadOnlySpan<char>> lookup;

    public KnownTexts() => lookup = known.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>The string that the reader is at. Null when it is too long, or has half a character or one that PostgreSQL does not store.</summary>
    /// <param name="keep">Whether it may return.</param>
    public string? Read(ref Utf8JsonReader json, bool keep)
    {
        // An escape is six bytes for one character, and a character at most three.
        if (json.ValueSpan.Length > 6 * LengthMax)
            return null;

        Span<char> buffer = stackalloc char[6 * LengthMax];
        scoped ReadOnlySpan<char> text;
        try
        {
            text = buffer[..json.CopyString(buffer)];
        }
        catch (InvalidOperationException)
        {
            return null;
        }

        if (text.Length > LengthMax || text.Contains('\0'))
            return null;
        if (!keep)
            return text.ToString();
        if (lookup.TryGetValue(text, out var same))
            return same;

        var fresh = text.ToString();
        known.Add(fresh);
        return fresh;
    }
}
