using Marketplace.Simulator.Pages.Installations;
using Marketplace.Simulator.Pages.Products;
using Marketplace.Simulator.Pages.Projects;
using Marketplace.Simulator.Pages.Resources;
using Marketplace.Simulator.Pages.Site;
using Marketplace.Simulator.Pages.Teams;

namespace Marketplace.Simulator.Pages;

/// <summary>Every page and every form, by area. What has no page of its own leads to one that has.</summary>
internal static partial class PageTable
{
    private const string Resource = "/installations/{installationId}/resources/{resourceId}";

    public static void Map(PageRoutes routes, PageSources sources)
    {
        var teams = new TeamPages(sources);
        routes.Get(Navigation.Teams, teams.List);
        routes.Post("/teams", teams.Create);
        routes.Get("/teams/{accountId}", teams.Show);
        routes.Post("/teams/{accountId}/contact", teams.ChangeContact);
        routes.Post("/teams/{accountId}/members", teams.AddMember);
        routes.Post("/teams/{accountId}/members/{userId}/role", teams.ChangeRole);
        routes.Post("/teams/{accountId}/members/{userId}/remove", teams.RemoveMember);
        routes.Post("/teams/{accountId}/installer-leaves", teams.InstallerLeaves);
        routes.Post("/teams/{accountId}/signed-in", teams.SignIn);

        var installations = new InstallationPages(sources);
        routes.Get("/teams/{accountId}/install", installations.InstallForm);
        routes.Post("/teams/{accountId}/install", installations.Install);
        routes.Get("/installations/{installationId}", installations.Show);
        routes.Post("/installations/{installationId}/again", installations.Again);
        routes.Get("/installations/{installationId}/plan", installations.ShowPlan);
        routes.Post("/installations/{installationId}/plan", installations.ChangePlan);

        var products = new ProductPages(sources);
        routes.Get(Navigation.Products, products.List);
        routes.Get("/products/{productId}", products.Show);
        var newResources = new NewResourcePages(sources);
        routes.Get("/installations/{installationId}/new", newResources.Show);
        routes.Post("/installations/{installationId}/new", newResources.Provision);

        var resources = new ResourcePages(sources);
        routes.Get(Resource, resources.Show);
        routes.Post($"{Resource}/rotate", resources.Rotate);
        routes.Post($"{Resource}/connect", resources.Connect);
        routes.Post($"{Resource}/disconnect", resources.Disconnect);
        var plans = new PlanPages(sources);
        routes.Get($"{Resource}/plan", plans.Show);
        routes.Post($"{Resource}/plan", plans.Change);
        routes.Post($"{Resource}/purchases", plans.Buy);
        routes.Post($"{Resource}/threshold", plans.SetThreshold);
        var console = new ConsolePages(sources);
        routes.Get($"{Resource}/console", console.Show);
        routes.Post($"{Resource}/console", console.Run);
        routes.Post($"{Resource}/console/clear", console.Clear);
        var flags = new FlagPages(sources);
        routes.Get($"{Resource}/flags", flags.Show);
        routes.Post($"{Resource}/config", flags.Open);
        routes.Post($"{Resource}/config/close", flags.Close);
        var settings = new SettingsPages(sources);
        routes.Get($"{Resource}/settings", settings.Show);
        routes.Post($"{Resource}/rename", settings.Rename);
        routes.Post($"{Resource}/metadata", settings.Update);
        routes.Post($"{Resource}/delete", settings.Delete);

        var projects = new ProjectPages(sources);
        routes.Get(Navigation.Projects, projects.List);
        routes.Post(Navigation.Projects, projects.Create);
        routes.Post("/teams/{accountId}/projects", projects.CreateInTeam);
        routes.Get("/projects/{projectId}", projects.Show);

        MapCustomer(routes, sources);
        MapVercel(routes, sources);
        routes.Fallback();
    }
}
