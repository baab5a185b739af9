using Marketplace.Simulator.Pages.Deployments;
using Marketplace.Simulator.Pages.Faults;
using Marketplace.Simulator.Pages.Invoices;
using Marketplace.Simulator.Pages.Log;
using Marketplace.Simulator.Pages.Site;
using Marketplace.Simulator.Pages.Time;
using Marketplace.Simulator.Pages.Webhooks;

namespace Marketplace.Simulator.Pages;

/// <summary>What Vercel does by itself: time, money, webhooks, what goes wrong, and the log of it all.</summary>
internal static partial class PageTable
{
    private static void MapVercel(PageRoutes routes, PageSources sources)
    {
        var time = new TimePages(sources);
        routes.Get(Navigation.Clock, time.Show);
        routes.Post("/time/pause", time.Pause);
        routes.Post("/time/run", time.Run);
        routes.Post("/time/speed", time.RunAt);
        routes.Post("/time/advance", time.Advance);
        routes.Post("/time/jump", time.Jump);
        routes.Post("/time/stop", time.Stop);

        var faults = new FaultPages(sources);
        routes.Get(Navigation.Faults, faults.Show);
        routes.Post(Navigation.Faults, faults.Add);
        routes.Post("/disturbances/clear", faults.Clear);
        routes.Post("/disturbances/{id}/remove", faults.Remove);

        var webhooks = new WebhookPages(sources);
        routes.Get(Navigation.Webhooks, webhooks.List);
        routes.Post(Navigation.Webhooks, webhooks.Send);
        routes.Post("/webhooks/hold", webhooks.Hold);
        routes.Post("/webhooks/release", webhooks.Release);
        routes.Get("/webhooks/{id}", webhooks.Show);
        routes.Post("/webhooks/{id}/again", webhooks.Again);

        var invoices = new InvoicePages(sources);
        routes.Get(Navigation.Invoices, invoices.List);
        routes.Get("/installations/{installationId}/invoices/{invoiceId}", invoices.Show);
        routes.Post("/installations/{installationId}/invoices/{invoiceId}/pay", invoices.Pay);
        routes.Post("/installations/{installationId}/card", invoices.Card);

        var deployments = new DeploymentPages(sources);
        routes.Get("/projects/{projectId}/deployments", deployments.List);
        routes.Post("/projects/{projectId}/deployments", deployments.Deploy);
        routes.Get("/deployments/{deploymentId}", deployments.Show);
        routes.Post("/deployments/{deploymentId}/cancel", deployments.Cancel);
        routes.Post("/deployments/{deploymentId}/promote", deployments.Promote);
        routes.Post("/deployments/{deploymentId}/delete", deployments.Delete);
        routes.Post("/deployments/{deploymentId}/checks/{checkId}/rerequest", deployments.Rerequest);

        var log = new LogPages(sources);
        routes.Get(Navigation.Log, log.Show);
    }
}
