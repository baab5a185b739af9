using Marketplace.Core.Installations;
using Marketplace.Shell.Dashboard;

namespace Marketplace.Shell.SignOn;

/// <summary>
/// The two cookies that we set. No script reads them and no other site's form sends them; over https no other origin can set them either,
/// as far as their names can say so.
/// </summary>
internal sealed class SignOnCookies(PublicAddress address)
{
    /// <summary>For all of the origin, because its name says that nobody else has set it.</summary>
    private string Browser => address.IsHttps ? "__Host-marketplace-sign-on" : "marketplace-sign-on";

    /// <summary>Each installation's has its own path, so that one browser may be signed on to several.</summary>
    private string Session => address.IsHttps ? "__Secure-marketplace-session" : "marketplace-session";

    /// <summary>What the browser has that a sign-on belongs to.</summary>
    public SessionSecret? BrowserOf(HttpRequest request) => SessionSecret.Read(request.Cookies[Browser]);

    public void Remember(HttpResponse response, SessionSecret browser) =>
        response.Cookies.Append(Browser, browser.Text, Options("/", SignOnState.AgeMax));

    public SessionSecret? SessionOf(HttpRequest request) => SessionSecret.Read(request.Cookies[Session]);

    /// <summary>It has no age of its own: the session has, by the server's clock.</summary>
    public void SignOn(HttpResponse response, InstallationId installation, SessionSecret session) =>
        response.Cookies.Append(Session, session.Text, Options(DashboardPaths.Home(installation), age: null));

    public void SignOut(HttpResponse response, InstallationId installation) =>
        response.Cookies.Delete(Session, Options(DashboardPaths.Home(installation), age: null));

    private CookieOptions Options(string path, TimeSpan? age) => new()
    {
        HttpOnly = true,
        Secure = address.IsHttps,
        // Lax, for people come from Vercel's pages by a link.
        SameSite = SameSiteMode.Lax,
        Path = path,
        MaxAge = age,
        IsEssential = true,
    };
}
