using Marketplace.Simulator.Api;
using Marketplace.Simulator.Dashboard;
using Marketplace.Simulator.State;

namespace Marketplace.Simulator.Connections;

/// <summary>
/// The page on which a customer lets the provider reach his account. Whoever visits it consents: it leads back at once. The provider
/// sends a browser there (<c>/oauth/authorize</c>), or the customer comes from the Marketplace (<c>/integrations/{slug}/new</c>).
/// </summary>
internal sealed class ConnectionEndpoints(SimulatorOptions options, VercelStore store, CustomerDashboard dashboard, BrowserRoutes browsers)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        browsers.Map(routes, "/oauth/authorize", Authorize);
        browsers.Map(routes, "/integrations/{slug}/new", request =>
            (string)request.RouteValues["slug"]! == options.Slug
                ? Connect(request)
                : throw new KeyNotFoundException("There is no integration of that name."));
    }

    private Uri Authorize(HttpRequest request)
    {
        if (BrowserRoutes.Required(request, "client_id") != options.IntegrationId)
        {
            throw new KeyNotFoundException("There is no integration of that id.");
        }

        return BrowserRoutes.Optional(request, "response_type") is null or "code"
            ? Connect(request)
            : throw new ArgumentException("response_type: must be code", nameof(request));
    }

    private Uri Connect(HttpRequest request) => dashboard.ConnectAccount(
        Account(request), BrowserRoutes.Who(request), BrowserRoutes.Optional(request, "state"),
        BrowserRoutes.Optional(request, "redirect_uri") is { } address ? new Uri(address) : null);

    /// <summary>The account that the customer chooses on the page; the first one when the query names none.</summary>
    private string Account(HttpRequest request) =>
        BrowserRoutes.Optional(request, "teamId") is { } asked
            ? store.Current.Teams.Keys.FirstOrDefault(accountId => Team.PublicId(accountId) == asked || accountId == asked)
                ?? throw new KeyNotFoundException($"There is no team {asked}.")
            : store.Current.Teams.Keys.FirstOrDefault() ?? dashboard.CreateTeam("First Customer").AccountId;
}
