using System.Diagnostics;
using Marketplace.Simulator.Api;
using Marketplace.Simulator.Dashboard;
using Marketplace.Simulator.Pages;
using Marketplace.Simulator.State;

namespace Marketplace.Simulator.Imports;

/// <summary>Browsers on their way to the Import Resource URL, and back. Source: contract §E.10.</summary>
internal sealed class ImportEndpoints(
    VercelStore store, CustomerDashboard dashboard, BrowserRoutes browsers, CallLog log, DueWork work, TimeProvider clock)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        browsers.Map(routes, "/customer/installations/{installationId}/import", request => dashboard.Import(
            (string)request.RouteValues["installationId"]!, BrowserRoutes.Optional(request, "product_id")));
        routes.MapGet(ImportReturn.Path, Return);
    }

    /// <summary>A person sees what was imported.</summary>
    private async Task<IResult> Return(HttpRequest request, CancellationToken cancel)
    {
        var started = Stopwatch.GetTimestamp();
        var now = clock.GetUtcNow();
        var answer = store.Change(state => ImportReturn.Decide(
            state, BrowserRoutes.Optional(request, "state"), BrowserRoutes.Optional(request, "installation_id"),
            BrowserRoutes.Optional(request, "resource_id"), now));
        log.Add(new ApiCall(
            now, "GET", ImportReturn.Path, ImportReturn.Path, answer.Status, Body: default, answer.Body?.ToJsonString(),
            Stopwatch.GetElapsedTime(started)));
        work.Wake();
        await store.Persist(cancel);
        return answer.Status == StatusCodes.Status200OK && request.Headers.Accept.ToString().Contains("text/html", StringComparison.Ordinal)
            ? TypedResults.Redirect(PagePaths.Resource(
                BrowserRoutes.Optional(request, "installation_id")!, BrowserRoutes.Optional(request, "resource_id")!))
            : answer.ToResult();
    }
}
