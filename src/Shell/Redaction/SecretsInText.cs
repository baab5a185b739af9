using System.Text.RegularExpressions;

namespace Marketplace.Shell.Redaction;

/// <summary>What may be secret in a text that somebody else has written: what its names, or the way it is written, give away.</summary>
internal static partial class SecretsInText
{
    /// <summary>What a field is called that nobody should read: also as a part of a longer name.</summary>
    private const string Telling =
        "secret|password|passwd|pwd|passphrase|token|authorization|credential|cookie|signature|(?:api|access|private|signing|encryption)[_ .-]?key|connection[_ .-]?string";

    /// <summary>
    /// What stands behind a name: what is hidden already; in quotes, which may be escaped, and may not end any more; an object or a list, with
    /// everything that follows; or a word.
    /// </summary>
    private const string Value =
        """(?:\[(?:secret|token|hidden)\]|"(?:[^"\\]|\\.)*"?|'[^']*'?|\\+"(?:(?!\\+"\s*(?:[,}\]\\]|$)).)*(?:\\+")?|[\[{].*|(?:(?:bearer|basic)\s+)?[^\s"'\[{]\S*)""";

    /// <summary>Whether the value of a field of this name is hidden.</summary>
    public static bool IsTelling(string name) => TellingName().IsMatch(name);

    /// <summary>The text, with <paramref name="hidden"/> in the place of each value that may be secret.</summary>
    public static string Hide(string text, string hidden)
    {
        try
        {
            var opened = Bearer().Replace(Userinfo().Replace(text, $"${{scheme}}{hidden}@"), $"${{scheme}} {hidden}");
            return Assigned().Replace(opened, found => Hidden(found, hidden));
        }
        catch (RegexMatchTimeoutException)
        {
            // Nobody writes such a text but to find out what happens then.
            return hidden;
        }
    }

    /// <summary>In quotes where the value was, so that what looked like JSON still does.</summary>
    private static string Hidden(Match found, string hidden) =>
        found.Groups["value"].ValueSpan is ['"', ..] ? $"{found.Groups["name"].Value}\"{hidden}\"" : $"{found.Groups["name"].Value}{hidden}";

    [GeneratedRegex(Telling, RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex TellingName();

    // A name in quotes may have the word anywhere in it. A bare one ends with it: TokenExpiredException: is none.
    [GeneratedRegex(
        $"""(?<name>(?:["'][^"'\\\s:=]*(?:{Telling})[^"'\\\s:=]*\\*["']|(?<![\w.-])[\w.-]*(?:{Telling})s?)\s*[:=]\s*)(?<value>{Value})""",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.Singleline, 1000)]
    private static partial Regex Assigned();

    /// <summary>An address with a password in it; where the text breaks off, what is no port may be one.</summary>
    [GeneratedRegex("(?<scheme>[a-z][a-z0-9+.-]*://)[^\\s/@:\"]*:(?:[^\\s/@\"]+@|(?!\\d{1,5}\\z)[^\\s/@\"]+\\z)", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Userinfo();

    [GeneratedRegex("(?<scheme>\\bbearer)\\s+(?:[A-Za-z0-9._~+/=-]{8,}|[A-Za-z0-9._~+/=-]+\\z)", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Bearer();
}
