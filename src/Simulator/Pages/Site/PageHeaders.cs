namespace Marketplace.Simulator.Pages.Site;

/// <summary>What every page says about itself: nobody keeps it, frames it, or puts anything into it that is not ours.</summary>
internal static class PageHeaders
{
    private const string Policy =
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; frame-ancestors 'none'; "
        + "form-action 'self'";

    /// <param name="leadsTo">Where the answer to a form may send the browser: it is asked for that as well.</param>
    public static void Write(HttpResponse response, IEnumerable<string> leadsTo)
    {
        var headers = response.Headers;
        headers.CacheControl = "no-store";
        headers.ContentSecurityPolicy = string.Join(' ', leadsTo.Distinct(StringComparer.Ordinal).Prepend(Policy));
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        // Forms say where they come from only where there is a referrer.
        headers["Referrer-Policy"] = "same-origin";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()";
    }
}
