using Marketplace.Shell.SignOn;

namespace Marketplace.Shell.OperatorConsole.SignIn;

/// <summary>What the console keeps in a browser. No script reads it, and no other site's form sends it.</summary>
internal sealed class OperatorCookies(PublicAddress address)
{
    private string Session => Named("marketplace-operator");

    /// <summary>Before anybody has signed in: what the form, or the way to an issuer and back, belongs to.</summary>
    private string Browser => Named("marketplace-operator-browser");

    private string Told => Named("marketplace-operator-told");

    public SessionSecret? SessionOf(HttpRequest request) => SessionSecret.Read(request.Cookies[Session]);

    /// <summary>It has no age of its own: the session has, by the server's clock.</summary>
    public void SignIn(HttpResponse response, SessionSecret session) => response.Cookies.Append(Session, session.Text, Options());

    public void SignOut(HttpResponse response) => response.Cookies.Delete(Session, Options());

    public SessionSecret? BrowserOf(HttpRequest request) => SessionSecret.Read(request.Cookies[Browser]);

    public void Remember(HttpResponse response, SessionSecret browser) => response.Cookies.Append(Browser, browser.Text, Options());

    public void Tell(HttpResponse response, string sealedText) => response.Cookies.Append(Told, sealedText, Options());

    /// <summary>What is to be told on the next page, which is this one.</summary>
    public string? TakeTold(HttpContext context)
    {
        if (context.Request.Cookies[Told] is not { } told)
            return null;
        context.Response.Cookies.Delete(Told, Options());
        return told;
    }

    /// <summary>Over https its name says that this origin has set it, and nobody else.</summary>
    private string Named(string name) => address.IsHttps ? $"__Host-{name}" : name;

    private CookieOptions Options() => new()
    {
        HttpOnly = true,
        Secure = address.IsHttps,
        // Lax, for people come by links from chats and mails, and back from an issuer.
        SameSite = SameSiteMode.Lax,
        Path = "/",
        IsEssential = true,
    };
}
