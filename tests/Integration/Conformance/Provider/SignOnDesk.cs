using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Marketplace.Integration.Conformance.Provider;

/// <summary>Customers come from Vercel without a password, and their browser gets a session. Source: contract §E.8, §E.9, D.10.</summary>
internal sealed class SignOnDesk(ProviderSettings settings, TokenCheck tokens, VercelSide vercel, Func<Uri> address)
{
    public const string Path = "/sso/callback";

    private const string SessionCookie = "session";
    private const string StateCookie = "sign-on";

    /// <summary>With this begins a state that was made here.</summary>
    private const string Own = "own_";

    private readonly ConcurrentDictionary<string, Caller> sessions = new(StringComparer.Ordinal);

    public void Open(IEndpointRouteBuilder routes)
    {
        routes.MapGet(Path, (Delegate)Arrive);
        routes.MapGet("/sso/{installation}", Begin);
        routes.MapGet("/home/{installation}/{**place}", Show);
    }

    /// <summary>Whoever is somebody else in his team from now on comes again.</summary>
    public void SignOut(string? member)
    {
        foreach (var (session, _) in sessions.Where(known => known.Value.UserId == member))
        {
            sessions.TryRemove(session, out _);
        }
    }

    /// <summary>To Vercel, which knows whether the person may; it comes back with a code, and with what is asked here.</summary>
    private IResult Begin(HttpContext http, string installation)
    {
        var state = Own + Books.NewId("state");
        http.Response.Cookies.Append(StateCookie, state, new CookieOptions { HttpOnly = true, SameSite = SameSiteMode.Lax });
        var query = QueryString.Create(http.Request.Query.Where(given => given.Key != "state")).Add("state", state);
        return Results.Redirect(new Uri(settings.Vercel, $"/sso/integrations/{settings.Slug}/{Uri.EscapeDataString(installation)}{query}").ToString());
    }

    private async Task<IResult> Arrive(HttpContext http)
    {
        var (query, state) = (http.Request.Query, http.Request.Query["state"].ToString());
        var isStrange = state.StartsWith(Own, StringComparison.Ordinal) && http.Request.Cookies[StateCookie] != state;
        if (query["code"].ToString() is not { Length: > 0 } code || (isStrange && !settings.Breaks(Breakage.TrustsAnyState)))
        {
            return Results.StatusCode(StatusCodes.Status400BadRequest);
        }

        var (status, exchanged) = await vercel.ExchangeCode(code, state, new Uri(address(), Path));
        var person = status == StatusCodes.Status200OK ? (await tokens.Read((string?)exchanged?["id_token"] ?? "")).Caller
            : settings.Breaks(Breakage.TrustsAnyCode) ? new Caller("icfg_anybody", "anybody", "ADMIN", Name: null)
            : null;
        if (person is not { IsPerson: true, InstallationId: { } installation })
        {
            return Results.StatusCode(StatusCodes.Status403Forbidden);
        }

        var session = Books.NewId("session");
        sessions[session] = person;
        http.Response.Cookies.Append(SessionCookie, session, new CookieOptions { HttpOnly = true, SameSite = SameSiteMode.Lax });
        return Results.Redirect(Destination(query, installation).ToString());
    }

    /// <summary>Where the customer wants to be: the address that was named if it is here, else an invoice, support, a resource, home.</summary>
    private Uri Destination(IQueryCollection query, string installation)
    {
        var home = new Uri(address(), $"/home/{Uri.EscapeDataString(installation)}/");
        if (Uri.TryCreate(query["url"].ToString(), UriKind.Absolute, out var named)
            && (named.GetLeftPart(UriPartial.Authority) == home.GetLeftPart(UriPartial.Authority) || settings.Breaks(Breakage.RedirectsAnywhere)))
        {
            return named;
        }

        return query["invoice_id"].ToString() is { Length: > 0 } invoice ? new Uri(home, $"invoices/{Uri.EscapeDataString(invoice)}")
            : query["support"] == "true" ? new Uri(home, "support")
            : query["resource_id"].ToString() is { Length: > 0 } resource ? new Uri(home, $"resources/{Uri.EscapeDataString(resource)}")
            : home;
    }

    private IResult Show(HttpContext http, string installation, string? place) =>
        http.Request.Cookies[SessionCookie] is { } session && sessions.TryGetValue(session, out var person) && person.InstallationId == installation
            ? Results.Content($"<h1>{WebUtility.HtmlEncode(place ?? "Home")}</h1><p>{WebUtility.HtmlEncode(person.Name)}</p>", "text/html; charset=utf-8")
            : Results.StatusCode(StatusCodes.Status403Forbidden);
}
