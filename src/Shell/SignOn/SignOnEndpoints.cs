using System.Diagnostics;
using LanguageExt;
using Marketplace.Core.Installations;
using Marketplace.Shell.Configuration;
using Marketplace.Shell.Http;
using Microsoft.AspNetCore.Http.Extensions;

namespace Marketplace.Shell.SignOn;

/// <summary>
/// GET /sso/callback, where Vercel sends people with a code, and GET /sso/{installationId}, by which they come from us and go there first.
/// Source: contract §E.8, §E.9.
/// </summary>
internal static class SignOnEndpoints
{
    public const string Root = "/sso";

    public static readonly RequestDelegate Callback = HandlerDelegate.Create(Complete);

    public static readonly RequestDelegate Begin = HandlerDelegate.Create(BeginHere);

    private static async Task<IResult> Complete(
        HttpContext context, SignOns signOns, SignOnCookies cookies, TrustedUrls trusted, SignOnMessages messages, CancellationToken cancel)
    {
        var query = context.Request.Query;
        var destination = Destination.Read(query);
        if (query["code"] is not [{ Length: > 0 and <= 4000 } code] || query["mode"] is not ([] or ["sso"]) || query["state"] is not ([] or [_]))
            return messages.Of(new SignOnRefusal.Incomplete(), destination);

        var state = query["state"] is [{ Length: > 0 } given] ? given : null;
        return (await signOns.Complete(code, state, cookies.BrowserOf(context.Request), cancel)).Case switch
        {
            RightCase<SignOnRefusal, SignedOn>(var signedOn) => Welcome(signedOn),
            LeftCase<SignOnRefusal, SignedOn>(var refusal) => messages.Of(refusal, destination),
            _ => throw new UnreachableException(),
        };

        // The code stays behind: where we lead to it is in no address any more.
        IResult Welcome(SignedOn signedOn)
        {
            var installation = signedOn.Session.Installation;
            cookies.SignOn(context.Response, installation, signedOn.Secret);
            BrowserHeaders.Write(context.Response, BrowserHeaders.NoReferrer);
            return TypedResults.Redirect(trusted.Find(destination.Url) ?? destination.PageIn(installation));
        }
    }

    private static async Task<IResult> BeginHere(
        string installationId, HttpContext context, SignOns signOns, SignOnCookies cookies, TrustedUrls trusted, VercelSettings vercel,
        SignOnMessages messages, CancellationToken cancel)
    {
        var (id, destination) = (new InstallationId(installationId), Destination.Read(context.Request.Query));
        // One browser may be on its way twice.
        var browser = cookies.BrowserOf(context.Request) ?? SessionSecret.New();
        if (await signOns.Begin(id, browser, cancel) is not { } state)
            return messages.Of(new SignOnRefusal.NotInstalled(), destination);

        cookies.Remember(context.Response, browser);
        BrowserHeaders.Write(context.Response, BrowserHeaders.NoReferrer);
        var query = destination.ToQuery(trusted.Find(destination.Url));
        query.Add("state", state.Text);
        return TypedResults.Redirect(
            $"{vercel.DashboardUrl}/sso/integrations/{Uri.EscapeDataString(vercel.Slug)}/{Uri.EscapeDataString(id.Value)}{query}");
    }
}
