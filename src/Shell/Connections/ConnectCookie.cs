using Marketplace.Shell.SignOn;

namespace Marketplace.Shell.Connections;

/// <summary>By which a browser that comes back from Vercel is known again.</summary>
internal sealed class ConnectCookie(PublicAddress address)
{
    private string Name => address.IsHttps ? "__Secure-marketplace-connect" : "marketplace-connect";

    public SessionSecret? Of(HttpRequest request) => SessionSecret.Read(request.Cookies[Name]);

    public void Remember(HttpResponse response, SessionSecret browser) =>
        response.Cookies.Append(Name, browser.Text, new CookieOptions
        {
            HttpOnly = true,
            Secure = address.IsHttps,
            // Lax, for people come from Vercel's pages by a link.
            SameSite = SameSiteMode.Lax,
            Path = ConnectPaths.Root,
            MaxAge = ConnectAttempts.AgeMax,
            IsEssential = true,
        });
}

/// <summary>The addresses of connectable accounts.</summary>
internal static class ConnectPaths
{
    public const string Root = "/connect";
    public const string Callback = Root + "/callback";
    public const string Confirm = Root + "/confirm";
}
