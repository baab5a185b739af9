using Marketplace.Shell.SignOn;

namespace Marketplace.Shell.Imports;

/// <summary>By which a browser on the way through an import is known again. No script reads it, and no other site's form sends it.</summary>
internal sealed class ImportCookie(PublicAddress address)
{
    private string Name => address.IsHttps ? "__Secure-marketplace-import" : "marketplace-import";

    private CookieOptions Options => new()
    {
        HttpOnly = true,
        Secure = address.IsHttps,
        // Lax, for people come from Vercel's pages by a link.
        SameSite = SameSiteMode.Lax,
        Path = ImportPaths.Root,
        IsEssential = true,
    };

    public ImportSecret? Of(HttpRequest request) => ImportSecret.Read(request.Cookies[Name]);

    /// <summary>It has no age of its own: the session has, by the server's clock.</summary>
    public void Remember(HttpResponse response, ImportSecret secret) => response.Cookies.Append(Name, secret.Text, Options);
}

/// <summary>The addresses of an import. The first is told to Vercel as the Import Resource URL.</summary>
internal static class ImportPaths
{
    public const string Root = "/import";
    public const string SignIn = Root + "/sign-in";
    public const string SignOut = Root + "/sign-out";
    public const string Pick = Root + "/pick";
}
