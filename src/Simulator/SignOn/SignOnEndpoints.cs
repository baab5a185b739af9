using Marketplace.Simulator.Api;
using Marketplace.Simulator.Dashboard;

namespace Marketplace.Simulator.SignOn;

/// <summary>Browsers on their way to the Redirect Login URL. Source: contract §E.8, §E.9.</summary>
internal sealed class SignOnEndpoints(SimulatorOptions options, CustomerDashboard dashboard, BrowserRoutes browsers)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        browsers.Map(routes, "/sso/integrations/{slug}/{installationId}", ComeBack);
        browsers.Map(routes, "/api/marketplace/sso", FollowCommandLine);
        browsers.Map(routes, "/customer/installations/{installationId}/sso", request => dashboard.SignOn(
            (string)request.RouteValues["installationId"]!, BrowserRoutes.Who(request), BrowserRoutes.Query(request)));
    }

    /// <summary>The provider's own state comes back with the rest of its query.</summary>
    private Uri ComeBack(HttpRequest request) =>
        (string)request.RouteValues["slug"]! == options.Slug
            ? dashboard.SignOnAgain(
                (string)request.RouteValues["installationId"]!, BrowserRoutes.Who(request), BrowserRoutes.Query(request))
            : throw new KeyNotFoundException("There is no integration of that name.");

    /// <summary>The variant of Vercel's command line.</summary>
    private Uri FollowCommandLine(HttpRequest request)
    {
        var installationId = BrowserRoutes.Required(request, "integrationConfigurationId");
        return Team.PublicId(dashboard.Installation(installationId).AccountId) == BrowserRoutes.Required(request, "teamId")
            ? dashboard.SignOnAgain(
                installationId, BrowserRoutes.Who(request), BrowserRoutes.Query(request, except: ["teamId", "integrationConfigurationId"]))
            : throw new KeyNotFoundException($"The team has no installation {installationId}.");
    }
}
