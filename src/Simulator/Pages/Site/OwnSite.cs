using System.Net;
using Microsoft.Extensions.Primitives;

namespace Marketplace.Simulator.Pages.Site;

/// <summary>
/// The simulator knows no sign-in: whoever reaches it may do everything. So that pages of other sites cannot act through a browser of
/// this machine, what a browser sends has to come from our own pages, and our pages answer by the names of this machine only.
/// </summary>
internal static class OwnSite
{
    private static readonly string[] ControlPaths = ["/customer", "/clock", "/faults"];

    /// <summary>A name that somebody else may let point to this machine is not ours.</summary>
    public static bool Knows(HttpRequest request) =>
        IPAddress.TryParse(request.Host.Host.Trim('[', ']'), out _)
        || string.Equals(request.Host.Host, "localhost", StringComparison.OrdinalIgnoreCase)
        || request.Host.Host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether a browser says that one of our pages sends it. Every browser says so with a form.</summary>
    public static bool Sends(HttpRequest request) => Knows(request) && IsOwn(request) == true;

    /// <summary>Keeps the control API to our pages and to whoever is no browser.</summary>
    public static Task Guard(HttpContext http, RequestDelegate next)
    {
        if (HttpMethods.IsGet(http.Request.Method) || !Array.Exists(ControlPaths, path => http.Request.Path.StartsWithSegments(path, StringComparison.OrdinalIgnoreCase))
            || IsOwn(http.Request) is null || Sends(http.Request))
        {
            return next(http);
        }

        http.Response.StatusCode = StatusCodes.Status403Forbidden;
        return Task.CompletedTask;
    }

    /// <summary>Unknown where nothing says that it comes from a browser.</summary>
    private static bool? IsOwn(HttpRequest request)
    {
        var (site, origin) = (request.Headers["Sec-Fetch-Site"], request.Headers.Origin);
        return StringValues.IsNullOrEmpty(origin)
            ? StringValues.IsNullOrEmpty(site) ? null : site == "same-origin"
            : origin == $"{request.Scheme}://{request.Host}";
    }
}
