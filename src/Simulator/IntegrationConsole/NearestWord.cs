using System.Collections.Immutable;

namespace Marketplace.Simulator.IntegrationConsole;

/// <summary>Which word somebody meant who wrote another.</summary>
internal static class NearestWord
{
    /// <summary>None when every known word is far: more than a third of its letters away, upper and lower case being alike.</summary>
    public static string? To(string written, ImmutableArray<string> known) => known
        .Select(word => (Word: word, Distance: Distance(Plain(written), Plain(word))))
        .Where(near => near.Distance <= Math.Max(near.Word.Length, written.Length) / 3)
        .OrderBy(near => near.Distance)
        .Select(near => near.Word)
        .FirstOrDefault();

    /// <summary>Words of JSON are written with humps, hyphens or underscores, and mixed up.</summary>
    private static string Plain(string word) =>
        string.Concat(word.Where(char.IsLetterOrDigit).Select(char.ToLowerInvariant));

    /// <summary>How many letters have to be put in, left out or exchanged.</summary>
    private static int Distance(string one, string other)
    {
        var row = Enumerable.Range(0, other.Length + 1).ToArray();
        for (var i = 1; i <= one.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= other.Length; j++)
            {
                var above = row[j];
                row[j] = Math.Min(Math.Min(above, row[j - 1]) + 1, diagonal + (one[i - 1] == other[j - 1] ? 0 : 1));
                diagonal = above;
            }
        }

        return row[^1];
    }
}
