using System.Text.Json;
using Marketplace.Simulator.Pages.Site;

namespace Marketplace.Simulator.Pages.Resources;

/// <summary>Flags and experiments of a resource, and the config that its customer opens to the provider. Source: contract §D.11, §E.13.</summary>
internal sealed class FlagPages(PageSources sources)
{
    public Shown Show(Visit visit)
    {
        var (installation, resource) = sources.Resource(visit);
        return Shown.Of<FlagsPage>(new FlagsView(
            ResourceHeads.Of(sources, installation, resource, ResourceHeads.Flags),
            [
                .. from item in resource.ExperimentationItems.Values
                   orderby item.Slug
                   select new FlagRow(
                       item.Slug, item.Name, item.Description, item.Category ?? "flag", item.IsArchived ?? false,
                       Uri.TryCreate(item.Origin, UriKind.Absolute, out var origin) && origin.Scheme is "http" or "https"
                           ? PagePaths.SignOn(installation.Id, ("experimentation_item_id", item.Id), ("resource_id", resource.Id))
                           : null),
            ],
            resource.GlobalConfig is { } config
                ? new ConfigView(config.Id, config.IsSynced, config.Digest, config.UpdatedAt, Masked.Body(JsonSerializer.Serialize(config.Items))!)
                : null));
    }

    public async Task<Outcome> Open(Visit visit)
    {
        var (installation, resource) = sources.Resource(visit);
        var exchange = await sources.Hand.OpenConfig(installation.Id, resource.Id, visit.Cancel, sources.Actor(installation));
        return Outcome.After(Address(visit), "The config is open to the provider, and connected projects have EXPERIMENTATION_CONFIG.", exchange);
    }

    public Outcome Close(Visit visit)
    {
        var (installation, resource) = sources.Resource(visit);
        sources.Hand.CloseConfig(installation.Id, resource.Id);
        return Outcome.Done(Address(visit), "The provider may not push any more; the content stays.");
    }

    private static string Address(Visit visit) =>
        PagePaths.Resource(visit.Route("installationId"), visit.Route("resourceId")) + ResourceHeads.Flags;
}
