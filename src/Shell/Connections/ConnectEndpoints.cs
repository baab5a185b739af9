using LanguageExt;
using Marketplace.Jobs.Vercel;
using Marketplace.Shell.Configuration;
using Marketplace.Shell.Connections.Pages;
using Marketplace.Shell.Dashboard;
using Marketplace.Shell.Http;
using Marketplace.Shell.SignOn;
using Marketplace.Shell.VercelApi;
using static LanguageExt.Prelude;

namespace Marketplace.Shell.Connections;

/// <summary>
/// GET /connect, by which a customer connects an account, and /connect/callback, to which Vercel sends the browser with a code: the Redirect
/// URL of the integration. Source: contract §D.13.
/// </summary>
/// <remarks>
/// What began here carries a state, which comes back once and to the browser that left with it. Whoever begins on Vercel's pages has none
/// of ours: then a person says yes on our page first, so that no other site connects anything in somebody's name.
/// </remarks>
internal static class ConnectEndpoints
{
    public const string TokenField = "form_token";

    public static readonly RequestDelegate Begin = HandlerDelegate.Create(async (
        HttpContext context, ConnectAttempts attempts, ConnectCookie cookie, CancellationToken cancel) =>
    {
        var browser = cookie.Of(context.Request) ?? SessionSecret.New();
        cookie.Remember(context.Response, browser);
        return await Away(attempts, browser, cancel);
    });

    public static readonly RequestDelegate Callback = HandlerDelegate.Create(async (
        HttpContext context, ConnectAttempts attempts, ConnectCookie cookie, ConnectMessages messages, ConnectedPages pages, Brand brand,
        VercelSettings vercel, CancellationToken cancel) =>
    {
        var query = context.Request.Query;
        var grant = new ConnectGrant(Text("code") ?? "", Text("configurationId"), Text("next"));
        if (grant.Code.Length == 0)
            return Text("error") is null ? messages.Incomplete : messages.Declined;

        var browser = cookie.Of(context.Request);
        if (Text("state") is { } state)
        {
            return browser is not null && await attempts.Take(state, browser, cancel)
                ? await pages.Finish(grant, cancel)
                : messages.NotBegunHere;
        }

        browser ??= SessionSecret.New();
        cookie.Remember(context.Response, browser);
        return PageResult.Of<ConnectPage>(new Frame(brand, Member: null), new ConnectView(grant.Code, grant.ConfigurationId, grant.Next, browser.FormToken))
            with { HidesAddress = true, FormsLeadTo = new Uri(vercel.DashboardUrl).GetLeftPart(UriPartial.Authority) };

        string? Text(string name) => query[name] is [{ Length: > 0 } one] ? one : null;
    });

    public static readonly RequestDelegate Confirm = HandlerDelegate.Create(async (
        HttpContext context, ConnectCookie cookie, ConnectMessages messages, ConnectedPages pages, CancellationToken cancel) =>
    {
        if (!context.Request.HasFormContentType)
            return messages.Incomplete;
        var form = await context.Request.ReadFormAsync(cancel);
        return cookie.Of(context.Request) is { } browser && browser.IsFormToken(form[TokenField])
            ? await pages.Finish(new ConnectGrant(form["code"].ToString(), Text("configurationId"), Text("next")), cancel)
            : messages.NotBegunHere;

        string? Text(string name) => form[name].ToString() is { Length: > 0 } one ? one : null;
    });

    private static async Task<IResult> Away(ConnectAttempts attempts, SessionSecret browser, CancellationToken cancel) =>
        new SeeOther(await attempts.Begin(browser, cancel));
}

/// <summary>With what Vercel sends a browser back.</summary>
/// <param name="Next">Where the customer goes on at Vercel.</param>
internal sealed record ConnectGrant(string Code, string? ConfigurationId, string? Next)
{
    /// <summary>Logs print records; the code stays out.</summary>
    public override string ToString() => $"grant for {ConfigurationId}";
}
