using Marketplace.Shell.Dashboard;
using Marketplace.Shell.SignOn;

namespace Marketplace.Shell.Imports;

/// <summary>
/// By which a browser on the way through an import is known again. No script reads it, and no other site's form sends it. Each installation's
/// has its own path, as its pages have.
/// </summary>
internal sealed class ImportCookie(PublicAddress address)
{
    private string Name => address.IsHttps ? "__Secure-marketplace-import" : "marketplace-import";

    public ImportSecret? Of(HttpRequest request, Visitor visitor) =>
        SessionSecret.Read(request.Cookies[Name]) is { } secret ? ImportSecret.Of(visitor, secret) : null;

    /// <summary>It has no age of its own: the session has, by the server's clock.</summary>
    public void Remember(HttpResponse response, ImportSecret secret) => response.Cookies.Append(Name, secret.Text, new CookieOptions
    {
        HttpOnly = true,
        Secure = address.IsHttps,
        // Lax, for people come from Vercel's pages by a link.
        SameSite = SameSiteMode.Lax,
        Path = ImportPaths.Page(secret.Installation),
        IsEssential = true,
    });
}
