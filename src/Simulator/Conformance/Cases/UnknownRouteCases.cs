using System.Collections.Immutable;
using Marketplace.Simulator.Dashboard;

namespace Marketplace.Simulator.Conformance.Cases;

/// <summary>Paths and methods that the Partner API does not have: newer versions of it may, and a provider is asked before it has them.</summary>
internal static class UnknownRouteCases
{
    private static readonly Source Newer = Source.Experience("Vercel adds operations, and asks every provider");

    private static readonly ImmutableArray<(string Name, string What, HttpMethod Method, Func<Tenant, string> Path)> Routes =
    [
        ("unknown-path", "A path that nobody has documented", HttpMethod.Get, tenant => $"/v1/installations/{tenant.InstallationId}/undocumented"),
        ("unknown-path-of-resource", "A path of a resource that nobody has documented", HttpMethod.Post,
            tenant => $"/v1/installations/{tenant.InstallationId}/resources/{tenant.ResourceId}/undocumented"),
        ("unknown-version", "A version that there is not", HttpMethod.Get, tenant => $"/v9/installations/{tenant.InstallationId}"),
        ("root", "The root of everything below v1", HttpMethod.Get, _ => "/v1"),
        ("all-installations", "The list of all installations, which nobody may have", HttpMethod.Get, _ => "/v1/installations"),
        ("all-products", "The list of all products", HttpMethod.Get, _ => "/v1/products"),
        ("post-installation", "POST to an installation", HttpMethod.Post, tenant => $"/v1/installations/{tenant.InstallationId}"),
        ("put-resources", "PUT to the resources of an installation", HttpMethod.Put, tenant => $"/v1/installations/{tenant.InstallationId}/resources"),
        ("delete-resources", "DELETE of all resources at once", HttpMethod.Delete, tenant => $"/v1/installations/{tenant.InstallationId}/resources"),
        ("put-resource", "PUT to a resource", HttpMethod.Put, tenant => $"/v1/installations/{tenant.InstallationId}/resources/{tenant.ResourceId}"),
        ("get-rotate", "GET of a rotation", HttpMethod.Get, tenant => $"/v1/installations/{tenant.InstallationId}/resources/{tenant.ResourceId}/secrets/rotate"),
        ("delete-plans", "DELETE of the plans of an installation", HttpMethod.Delete, tenant => $"/v1/installations/{tenant.InstallationId}/plans"),
        ("post-product-plans", "POST to the plans of a product", HttpMethod.Post, tenant => $"/v1/products/{tenant.ProductId}/plans"),
        ("unknown-method", "A method that there is not", new HttpMethod("CONFORM"), tenant => $"/v1/installations/{tenant.InstallationId}"),
    ];

    public static readonly ImmutableArray<ConformanceCase> All =
    [
        .. Routes.Select(route => new ConformanceCase(
            $"errors/routes/{route.Name}", $"{route.What} is refused, and is no failure of the server.", Newer, LevelOf(route.Name), async trial =>
                ExpectUnknown(trial, await Ask(trial, route.Method, route.Path)))),
        .. Routes.Where(route => route.Name != "unknown-method").Select(route => new ConformanceCase(
            $"errors/routes/{route.Name}-is-404-or-405", $"{route.What} is told by 404 or 405.", Newer,
            LevelOf(route.Name) == Level.Required ? Level.Recommended : LevelOf(route.Name), async trial =>
            {
                var exchange = await Ask(trial, route.Method, route.Path);
                trial.Expect(exchange.Status is 404 or 405 or 403 or 501, "404 or 405", Trial.Told(exchange));
            })),
        new("errors/routes/head", "HEAD is answered without a body, or refused.", Newer, Level.Required, async trial =>
        {
            var exchange = await Ask(trial, HttpMethod.Head, tenant => $"/v1/installations/{tenant.InstallationId}/resources/{tenant.ResourceId}");
            ExpectAnswerOrUnknown(trial, exchange);
            trial.Expect(exchange.Body.Length == 0, "no body", $"{exchange.Body.Length} characters");
        }),
        new("errors/routes/options", "OPTIONS is answered, by a success or by a refusal.", Newer, Level.Required, async trial =>
            ExpectAnswerOrUnknown(trial, await Ask(trial, HttpMethod.Options, tenant => $"/v1/installations/{tenant.InstallationId}"))),
        new("errors/routes/closing-slash", "A path that ends with a slash is answered, by a success or by a refusal.", Newer, Level.Required, async trial =>
            trial.ExpectAnswer(await Ask(trial, HttpMethod.Get, tenant => $"/v1/installations/{tenant.InstallationId}/"))),
        new("errors/routes/head-without-token", "HEAD tells nothing without a token.", Source.Authentication, Level.Required, async trial =>
        {
            var exchange = await Ask(
                trial, HttpMethod.Head, tenant => $"/v1/installations/{tenant.InstallationId}/resources/{tenant.ResourceId}",
                request => request.Headers.Authorization = null);
            // A server that knows no HEAD at all says so by a 501, and tells nothing either.
            trial.Expect(exchange is { IsSuccess: false, Status: not null }, "HEAD without a token does not succeed", Trial.Told(exchange));
        }),
    ];

    /// <summary>Nobody says what is below <c>/v1</c> itself: a provider may have pages of its own there, such as a list of what it sells.</summary>
    private static Level LevelOf(string route) => route is "root" or "all-products" ? Level.Informational : Level.Required;

    /// <summary>A method that a server does for nothing at all is a 501, which tells of no failure.</summary>
    private static void ExpectUnknown(Trial trial, Exchange exchange)
    {
        if (exchange.Status != 501)
        {
            trial.ExpectTurnedDown(exchange);
        }
    }

    private static void ExpectAnswerOrUnknown(Trial trial, Exchange exchange)
    {
        if (exchange.Status != 501)
        {
            trial.ExpectAnswer(exchange);
        }
    }

    /// <summary>On the target, as nobody knows what an undocumented call would do.</summary>
    private static async Task<Exchange> Ask(
        Trial trial, HttpMethod method, Func<Tenant, string> path, Action<HttpRequestMessage>? bend = null)
    {
        var tenant = await trial.SharedTarget();
        var exchange = await trial.Send(new PartnerCall(
            $"{method} of what is not documented", method, path(tenant), Body: null, trial.SystemToken(tenant.InstallationId), PartnerCall.Documented())
        {
            Bend = bend,
        });
        if (exchange.IsSuccess && method != HttpMethod.Head && method != HttpMethod.Options && method != HttpMethod.Get)
        {
            trial.ReplaceTarget();
        }

        return exchange;
    }
}
