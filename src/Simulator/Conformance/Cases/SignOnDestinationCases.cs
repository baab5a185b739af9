using System.Collections.Immutable;

namespace Marketplace.Simulator.Conformance.Cases;

/// <summary>Where on the provider's pages somebody wants to be who comes by single sign-on. Source: contract §E.8.</summary>
internal static class SignOnDestinationCases
{
    private const string Foreign = "foreign.example";

    private static readonly Source Flow = Source.Flow("Vercel-initiated SSO");

    public static readonly ImmutableArray<ConformanceCase> All =
    [
        Lands("resource", "resource_id", tenant => [("resource_id", tenant.ResourceId)]),
        Lands("product", "product_id", _ => [("product_id", "{product}")]),
        Lands("product-and-resource", "product_id and resource_id", tenant => [("product_id", "{product}"), ("resource_id", tenant.ResourceId)]),
        Lands("project", "resource_id and project_id", tenant => [("resource_id", tenant.ResourceId), ("project_id", "prj_conformance")]),
        Lands("pull-request", "resource_id, project_id and pr", tenant => [("resource_id", tenant.ResourceId), ("project_id", "prj_conformance"), ("pr", "17")]),
        Lands("support", "support=true", _ => [("support", "true")]),
        Lands("support-of-resource", "support=true and resource_id", tenant => [("support", "true"), ("resource_id", tenant.ResourceId)]),
        Lands("support-of-product", "support=true and product_id", _ => [("support", "true"), ("product_id", "{product}")]),
        .. from path in (string[])["billing", "usage", "onboarding", "secrets", "support"]
            select Lands($"path-{path}", $"path={path}", _ => [("path", path)]),
        .. from path in (string[])["billing", "usage", "onboarding", "secrets", "support"]
            select Lands($"path-{path}-of-resource", $"path={path} and resource_id", tenant => [("path", path), ("resource_id", tenant.ResourceId)]),
        Copes("unknown-path", "a path that nobody knows yet", _ => [("path", "conformance")]),
        Copes("unknown-resource", "a resource that is unknown", _ => [("resource_id", "resource-of-nobody")]),
        Copes("unknown-product", "a product that is unknown", _ => [("product_id", "product-of-nobody")]),
        Copes("unknown-invoice", "an invoice that is unknown", _ => [("invoice_id", "mi_conformance")]),
        Copes("unknown-check", "a check that is unknown", tenant => [("resource_id", tenant.ResourceId), ("check_id", "chk_conformance")]),
        Copes("unknown-item", "an experiment that is unknown", tenant => [("resource_id", tenant.ResourceId), ("experimentation_item_id", "item-of-nobody")]),
        Copes("unknown-parameter", "a parameter that nobody knows yet", _ => [("unheard_of", "conformance")]),
        Copes("twice", "a parameter that comes twice", tenant => [("resource_id", tenant.ResourceId), ("resource_id", "resource-of-nobody")]),
        Copes("long", "a parameter of three thousand letters", _ => [("resource_id", new string('r', 3_000))]),
        Copes("markup", "a parameter with markup", _ => [("resource_id", "\"><script>alert(1)</script>")]),
        SignOnCases.Case("destination/markup-is-text", "What comes as a parameter is never part of a page's markup.", Flow, Level.Required, MarkupIsText),
        .. from url in (ImmutableArray<(string Id, string Url)>)
            [
                ("https", $"https://{Foreign}/phish"),
                ("http", $"http://{Foreign}/"),
                ("no-scheme", $"//{Foreign}/phish"),
                ("backslashes", $"/\\{Foreign}/phish"),
                ("user-part", $"https://{{host}}@{Foreign}/phish"),
                ("sub-domain", $"https://{{host}}.{Foreign}/phish"),
                ("own-path", $"https://{Foreign}/{{host}}/"),
                ("sso", $"sso:https://{Foreign}/phish"),
                ("script", "javascript:alert(1)"),
                ("data", "data:text/html,<h1>phish</h1>"),
                ("spaces", $" https://{Foreign}/phish"),
                ("tab", $"\thttps://{Foreign}/phish"),
            ]
            select SignOnCases.Case($"url/foreign/{url.Id}", "Nobody is led to somebody else's address by url.", Flow, Level.Required, trial => StaysHere(trial, url.Url)),
        SignOnCases.Case("url/own", "A url of the provider's own is where the way ends.", Flow, Level.Recommended, FollowsOwn),
    ];

    /// <summary>Something that is there: the way ends on a page.</summary>
    private static ConformanceCase Lands(string name, string what, Func<Tenant, (string, string)[]> destination) => SignOnCases.Case(
        $"destination/{name}", $"Whoever comes with {what} arrives on a page.", Flow, Level.Required,
        async trial =>
        {
            var visit = await Visit(trial, destination);
            trial.Expect(visit.IsPage, "a page with 2xx", $"{visit}");
        });

    private static ConformanceCase Copes(string name, string what, Func<Tenant, (string, string)[]> destination) => SignOnCases.Case(
        $"destination/{name}", $"Whoever comes with {what} meets no fault of the server.", Flow, Level.Recommended,
        async trial =>
        {
            var visit = await Visit(trial, destination);
            trial.Expect(visit.Status is >= 200 and < 500, "2xx or 4xx", $"{visit}");
        });

    /// <summary>By the way on which Vercel gives back any query as it was.</summary>
    private static async Task<Visit> Visit(Trial trial, Func<Tenant, (string, string)[]> destination)
    {
        var tenant = await trial.SharedTenant();
        using var browser = new Visitor(trial);
        return await browser.Open(trial.Customer.SignOnAgain(
            tenant.InstallationId, "ADMIN",
            destination(tenant).Select(one => (one.Item1, one.Item2.Replace("{product}", trial.Offer.Product.Id, StringComparison.Ordinal)))));
    }

    private static async Task MarkupIsText(Trial trial)
    {
        const string Markup = "\"><script>alert('conformance')</script>";
        foreach (var name in (string[])["resource_id", "product_id", "invoice_id", "path"])
        {
            var visit = await Visit(trial, _ => [(name, Markup)]);
            trial.Expect(!visit.Page.Contains(Markup[2..], StringComparison.Ordinal), $"{name} appears as text, or not at all", "a script on the page");
        }
    }

    private static async Task StaysHere(Trial trial, string url)
    {
        var host = trial.Vercel.RedirectLogin!.Authority;
        var visit = await Visit(trial, _ => [("url", url.Replace("{host}", host, StringComparison.Ordinal))]);
        var foreign = visit.Way.Find(Visitor.IsForeign);
        trial.Expect(foreign is null, "a page of the provider", $"a redirect to {foreign?.GetLeftPart(UriPartial.Authority)}");
        trial.Expect(visit.Status < 500, "no 5xx", $"{visit}");
    }

    private static async Task FollowsOwn(Trial trial)
    {
        var (_, landing) = await SignOnCases.Landing(trial);
        var visit = await Visit(trial, _ => [("url", landing.End.GetLeftPart(UriPartial.Path) + "?conformance=1")]);
        trial.Expect(
            visit.IsPage && visit.End.AbsolutePath == landing.End.AbsolutePath && visit.End.Query.Contains("conformance=1", StringComparison.Ordinal),
            $"a page at {landing.End.AbsolutePath}?conformance=1", $"{visit}");
    }
}
