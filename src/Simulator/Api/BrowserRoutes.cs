using System.Diagnostics;
using Marketplace.Simulator.State;

namespace Marketplace.Simulator.Api;

/// <summary>Where a browser is on its way between Vercel and the provider: each route leads on, or says why not.</summary>
internal sealed class BrowserRoutes(VercelStore store, CallLog log, TimeProvider clock)
{
    /// <summary>Says who sits before the browser, and goes no further.</summary>
    private const string WhoName = "as";

    public static string? Who(HttpRequest request) => Optional(request, WhoName);

    public static string? Optional(HttpRequest request, string name) =>
        request.Query.TryGetValue(name, out var value) ? value.ToString() : null;

    public static string Required(HttpRequest request, string name) =>
        Optional(request, name) is { Length: > 0 } value ? value : throw new ArgumentException($"{name}: is missing", nameof(name));

    /// <summary>The query as it came, but for who comes with it.</summary>
    public static IEnumerable<(string Name, string Value)> Query(HttpRequest request, params IReadOnlyList<string> except) =>
        from parameter in request.Query
        where parameter.Key != WhoName && !except.Contains(parameter.Key, StringComparer.Ordinal)
        from value in parameter.Value
        select (parameter.Key, value);

    public void Map(IEndpointRouteBuilder routes, string path, Func<HttpRequest, Uri> lead) =>
        routes.MapGet(path, (RequestDelegate)(http => Serve(path, lead, http)));

    /// <summary>The visit is in the log without its query, which holds codes.</summary>
    private async Task Serve(string path, Func<HttpRequest, Uri> lead, HttpContext http)
    {
        var started = Stopwatch.GetTimestamp();
        var (answer, address) = Lead(lead, http.Request);
        log.Add(new ApiCall(
            clock.GetUtcNow(), "GET", path, http.Request.Path, answer.Status, Body: default, answer.Body?.ToJsonString(),
            Stopwatch.GetElapsedTime(started)));
        await store.Persist(http.RequestAborted);
        if (address is not null)
        {
            http.Response.Headers.Location = address.AbsoluteUri;
            http.Response.Headers.CacheControl = "no-store";
        }

        await answer.ToResult().ExecuteAsync(http);
    }

    private static (ApiAnswer Answer, Uri? Address) Lead(Func<HttpRequest, Uri> lead, HttpRequest request)
    {
        try
        {
            return (new(StatusCodes.Status302Found), lead(request));
        }
        catch (KeyNotFoundException unknown)
        {
            return (ApiAnswer.NotFound(unknown.Message), null);
        }
        catch (UnauthorizedAccessException barred)
        {
            return (ApiAnswer.Forbidden(barred.Message), null);
        }
        catch (Exception wrong) when (wrong is ArgumentException or InvalidOperationException)
        {
            return (ApiAnswer.BadRequest(wrong.Message), null);
        }
    }
}
