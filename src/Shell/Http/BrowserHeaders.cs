namespace Marketplace.Shell.Http;

/// <summary>What every answer to a person's browser says about itself: nobody keeps it, frames it, or puts anything into it.</summary>
internal static class BrowserHeaders
{
    public const string NoReferrer = "no-referrer";

    /// <summary>Where forms are: without a referrer a browser would not tell where a form comes from either.</summary>
    public const string SameOrigin = "same-origin";

    // No inline script and no inline style; pages need nothing that is not ours, and work without the internet.
    private const string Policy =
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'";

    /// <param name="formsLeadTo">An origin to which the answer to a form may send the browser: it is asked for that as well.</param>
    public static void Write(HttpResponse response, string referrers, string? formsLeadTo = null)
    {
        var headers = response.Headers;
        headers.CacheControl = "no-store";
        headers.ContentSecurityPolicy = formsLeadTo is null ? Policy : $"{Policy} {formsLeadTo}";
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = referrers;
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()";
        headers["X-Robots-Tag"] = "noindex";
    }
}
