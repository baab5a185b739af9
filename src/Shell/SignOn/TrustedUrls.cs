using LanguageExt;
using Marketplace.Shell.Configuration;

namespace Marketplace.Shell.SignOn;

/// <summary>
/// Whether an address to which a sign-on is to lead is ours. Nobody may use our sign-on to send people, who trust us, to a place of his.
/// Source: contract §E.8, <c>url</c>.
/// </summary>
/// <remarks>
/// The text is compared, not parsed: where two parsers read an address differently, the one that follows it is a browser's. So what
/// stands before the path must be one of our origins to the letter, and in all of it there is no character over which they differ.
/// </remarks>
internal sealed class TrustedUrls(PublicAddress address, PublicSettings settings)
{
    /// <summary>By which links in notifications ask Vercel for a sign-on first.</summary>
    private const string SignOnPrefix = "sso:";

    /// <summary>The address to go to; null when it is not ours.</summary>
    public string? Find(string? text)
    {
        if (text is null || !text.All(IsPlain))
            return null;

        var plain = text.StartsWith(SignOnPrefix, StringComparison.OrdinalIgnoreCase) ? text[SignOnPrefix.Length..] : text;
        return settings.AllowedOrigins.Add(address.Origin)
            .SelectMany(origin => Spellings(origin).Select(spelling => Within(plain, origin, spelling)))
            .FirstOrDefault(found => found is not null);
    }

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
