using System.Text.RegularExpressions;
using LanguageExt;
using static LanguageExt.Prelude;

namespace Marketplace.Core.Products;

/// <summary>A regular expression of a catalogue, matched in time linear in the text, whoever sends it.</summary>
/// <remarks>
/// Hence no look-around and no back-references. As in JavaScript, where such patterns come from, a final <c>$</c> is the very end:
/// .NET would let a line break follow it.
/// </remarks>
public sealed record TextPattern
{
    private readonly Regex compiled;

    private TextPattern(string source, Regex compiled)
    {
        Source = source;
        this.compiled = compiled;
    }

    public string Source { get; }

    /// <summary>None when it is not a regular expression, or one that needs more than linear time.</summary>
    public static Option<TextPattern> Of(string source)
    {
        var isAnchored = source.EndsWith('$') && !source.EndsWith("\\$", StringComparison.Ordinal);
        try
        {
            var regex = new Regex(
                isAnchored ? $"{source[..^1]}\\z" : source,
                RegexOptions.NonBacktracking | RegexOptions.CultureInvariant,
                Regex.InfiniteMatchTimeout);
            return new TextPattern(source, regex);
        }
        catch (Exception refused) when (refused is ArgumentException or NotSupportedException)
        {
            return None;
        }
    }

    public bool Matches(string text) => compiled.IsMatch(text);

    public bool Equals(TextPattern? other) => other is not null && other.Source == Source;

    public override int GetHashCode() => Source.GetHashCode(StringComparison.Ordinal);

    public override string ToString() => Source;
}
