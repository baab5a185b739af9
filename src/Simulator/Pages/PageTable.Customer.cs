using Marketplace.Simulator.Pages.Access;
using Marketplace.Simulator.Pages.SignOn;
using Marketplace.Simulator.Pages.Site;
using Marketplace.Simulator.Pages.Transfers;

namespace Marketplace.Simulator.Pages;

/// <summary>What a customer does with an installation as a whole: give it away, go to the provider with it, end it.</summary>
internal static partial class PageTable
{
    private static void MapCustomer(PageRoutes routes, PageSources sources)
    {
        var transfers = new TransferPages(sources);
        routes.Get("/installations/{installationId}/transfers", transfers.List);
        routes.Post("/installations/{installationId}/transfers", transfers.Offer);
        routes.Post("/installations/{installationId}/hand-over", transfers.HandOver);
        routes.Get("/transfers/{claimId}", transfers.Show);
        routes.Post("/transfers/{claimId}/verify", transfers.Verify);
        routes.Post("/transfers/{claimId}/accept", transfers.Accept);

        var signOn = new SignOnPages(sources);
        routes.Get("/installations/{installationId}/sign-on", signOn.Show);
        routes.Post("/installations/{installationId}/sign-on", signOn.SignOn);
        routes.Post("/installations/{installationId}/open", signOn.Open);
        routes.Post("/installations/{installationId}/import", signOn.Import);
        routes.Post("/teams/{accountId}/connect", signOn.Connect);

        var access = new AccessPages(sources);
        routes.Get("/installations/{installationId}/access", access.Show);
        routes.Post("/installations/{installationId}/scopes", access.ConfirmScopes);
        routes.Post("/installations/{installationId}/projects", access.SelectProjects);
        routes.Post("/installations/{installationId}/uninstall", access.Uninstall);
    }
}
