namespace Marketplace.Shell.OperatorConsole;

/// <summary>What somebody types to find something, as <c>words_in</c> has it in the indexes: all of its words, each by its beginning.</summary>
internal static class SearchedWords
{
    private const int WordsMax = 12;

    /// <summary>Between words, as in the function.</summary>
    private static readonly char[] Separators = ['-', '@', '.', ':', '/', '+', ',', ';', '(', ')', '"', ' ', '\t'];

    /// <summary>As a query of PostgreSQL; null where nobody searches. What has no word in it finds nothing.</summary>
    public static string? Query(string? text) =>
        string.IsNullOrWhiteSpace(text) ? null
        : text.Split(Separators, StringSplitOptions.RemoveEmptyEntries) is { Length: > 0 } words
            ? string.Join(" & ", words.Take(WordsMax).Select(Beginning))
            : Beginning(text.Trim());

    private static string Beginning(string word) =>
        $"'{word.Replace(@"\", @"\\", StringComparison.Ordinal).Replace("'", "''", StringComparison.Ordinal)}':*";
}
