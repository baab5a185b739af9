using Marketplace.Simulator.Dashboard;
using Marketplace.Simulator.Installations;
using Marketplace.Simulator.IntegrationConsole;
using Marketplace.Simulator.Pages.Installations;
using Marketplace.Simulator.Pages.Site;
using Marketplace.Simulator.Resources;

namespace Marketplace.Simulator.Pages.Resources;

/// <summary>The pages of a resource, and what is at the head of each.</summary>
internal static class ResourceHeads
{
    public const string Overview = "";
    public const string Plan = "/plan";
    public const string Console = "/console";
    public const string Flags = "/flags";
    public const string Settings = "/settings";

    /// <summary>A product that the settings do not know may be of any kind.</summary>
    private static readonly (string Path, string Label, Func<ConsoleProduct?, bool> Has)[] Places =
    [
        (Overview, "Overview", _ => true), (Plan, "Plan", _ => true), (Console, "Console", product => product?.HasRepl ?? true),
        (Flags, "Flags", product => product?.HasExperimentation ?? true), (Settings, "Settings", _ => true),
    ];

    /// <param name="place">Which of the pages it is.</param>
    /// <param name="asked">How the provider said that the resource is; none where it was not asked.</param>
    public static ResourceHead Of(PageSources sources, Installation installation, Resource resource, string place, Exchange? asked = null)
    {
        var (address, team, product) = (
            PagePaths.Resource(installation.Id, resource.Id), sources.TeamOf(installation), sources.Options.Product(resource.ProductId));
        return new(
            address, resource.Id, installation.Id, PagePaths.Installation(installation.Id), team.Name, PagePaths.Team(team.AccountId), resource.Name,
            product?.Name ?? resource.ProductId, Stages.OfResource(resource.Status), resource.IsLinked,
            Notifications.Of(resource.Notification, installation.Id, resource.Id),
            sources.Vercel.RedirectLogin is null ? null : PagePaths.SignOn(installation.Id, ("resource_id", resource.Id)),
            InstallationHeads.NameOf(team.Choose(who: null)),
            [.. from one in Places where one.Has(product) select new TabView(address + one.Path, one.Label, one.Path == place)],
            asked is null or { IsSuccess: true, Findings.IsEmpty: true } ? null : ExchangeViews.Of(Telling.Of("", [asked])));
    }
}
