using System.Diagnostics;
using Marketplace.Simulator.Api;
using Marketplace.Simulator.Dashboard;
using Marketplace.Simulator.State;

namespace Marketplace.Simulator.SignOn;

/// <summary>
/// Where a browser is on its way to the provider. Each route leads to the Redirect Login URL; <c>as</c> in its query says who sits
/// before the browser, and goes no further.
/// </summary>
internal sealed class SignOnEndpoints(
    SimulatorOptions options, VercelStore store, CustomerDashboard dashboard, CallLog log, TimeProvider clock)
{
    private const string FromProvider = "/sso/integrations/{slug}/{installationId}";
    private const string FromCommandLine = "/api/marketplace/sso";
    private const string FromDashboard = "/customer/installations/{installationId}/sso";

    public void Map(IEndpointRouteBuilder routes)
    {
        Map(routes, FromProvider, ComeBack);
        Map(routes, FromCommandLine, FollowCommandLine);
        Map(routes, FromDashboard, request => dashboard.SignOn(
            (string)request.RouteValues["installationId"]!, Who(request), Query(request, except: ["as"])));
    }

    /// <summary>Contract §E.9: the provider's own state comes back with the rest of its query.</summary>
    private Uri ComeBack(HttpRequest request) =>
        (string)request.RouteValues["slug"]! == options.Slug
            ? dashboard.SignOnAgain((string)request.RouteValues["installationId"]!, Who(request), Query(request, except: ["as"]))
            : throw new KeyNotFoundException("There is no integration of that name.");

    /// <summary>The variant of Vercel's command line. Source: contract §E.9.</summary>
    private Uri FollowCommandLine(HttpRequest request)
    {
        var installationId = request.Query["integrationConfigurationId"].ToString();
        return Team.PublicId(dashboard.Installation(installationId).AccountId) == request.Query["teamId"]
            ? dashboard.SignOnAgain(installationId, Who(request), Query(request, except: ["as", "teamId", "integrationConfigurationId"]))
            : throw new KeyNotFoundException($"The team has no installation {installationId}.");
    }

    private static string? Who(HttpRequest request) => request.Query.TryGetValue("as", out var who) ? who.ToString() : null;

    private static IEnumerable<(string Name, string Value)> Query(HttpRequest request, IReadOnlyList<string> except) =>
        from parameter in request.Query
        where !except.Contains(parameter.Key, StringComparer.Ordinal)
        from value in parameter.Value
        select (parameter.Key, value);

    private void Map(IEndpointRouteBuilder routes, string path, Func<HttpRequest, Uri> lead) =>
        routes.MapGet(path, (RequestDelegate)(async http =>
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
        }));

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
