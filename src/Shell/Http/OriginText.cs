namespace Marketplace.Shell.Http;

/// <summary>
/// Whether an address that somebody else has given lies on an origin. It is compared as text, because of two parsers that read it
/// differently the one that counts is the browser's: what stands before the path is the origin to the letter, and nowhere is there a
/// character over which they differ.
/// </summary>
internal static class OriginText
{
    /// <summary>The address to go to; null when it is elsewhere.</summary>
    public static string? Within(Uri origin, string? text) =>
        text is not null && text.All(IsPlain)
            ? Spellings(origin).Select(spelling => Within(text, origin, spelling)).FirstOrDefault(found => found is not null)
            : null;

    /// <summary>With its port, and without where it is the scheme's own.</summary>
    private static IEnumerable<string> Spellings(Uri origin)
    {
        yield return $"{origin.Scheme}://{origin.IdnHost}:{origin.Port}";
        if (origin.IsDefaultPort)
            yield return $"{origin.Scheme}://{origin.IdnHost}";
    }

    private static string? Within(string text, Uri origin, string spelling) =>
        text.StartsWith(spelling, StringComparison.OrdinalIgnoreCase) && text[spelling.Length..] is var rest && (rest is "" || rest[0] is '/' or '?' or '#')
            ? origin.GetLeftPart(UriPartial.Authority) + rest
            : null;

    /// <summary>Printable ASCII without the backslash, which browsers take for a slash; nor what they leave out, like a tab.</summary>
    private static bool IsPlain(char character) => character is > ' ' and < '\x7f' and not '\\';
}
