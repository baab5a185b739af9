using LanguageExt;
using Marketplace.Shell.Configuration;
using Marketplace.Shell.Http;

namespace Marketplace.Shell.SignOn;

/// <summary>
/// Whether an address to which a sign-on is to lead is ours. Nobody may use our sign-on to send people, who trust us, to a place of his.
/// Source: contract §E.8, <c>url</c>.
/// </summary>
internal sealed class TrustedUrls(PublicAddress address, PublicSettings settings)
{
    /// <summary>By which links in notifications ask Vercel for a sign-on first.</summary>
    private const string SignOnPrefix = "sso:";

    /// <summary>The address to go to; null when it is not ours.</summary>
    public string? Find(string? text)
    {
        if (text is null)
            return null;

        var plain = text.StartsWith(SignOnPrefix, StringComparison.OrdinalIgnoreCase) ? text[SignOnPrefix.Length..] : text;
        return settings.AllowedOrigins.Add(address.Origin).Select(origin => OriginText.Within(origin, plain)).FirstOrDefault(found => found is not null);
    }
}
