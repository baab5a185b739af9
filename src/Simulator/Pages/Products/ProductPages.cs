using Marketplace.Simulator.Installations;
using Marketplace.Simulator.IntegrationConsole;
using Marketplace.Simulator.Pages.Metadata;
using Marketplace.Simulator.Pages.Plans;
using Marketplace.Simulator.Pages.Site;

namespace Marketplace.Simulator.Pages.Products;

/// <summary>What the integration sells, as the console knows it.</summary>
internal sealed class ProductPages(PageSources sources)
{
    public Shown List(Visit visit) => Shown.Of<ProductsPage>(new ProductsView(
        [.. sources.Options.Products.Select(Row)], sources.Vercel.Provider?.AbsoluteUri.TrimEnd('/') ?? "no provider yet"));

    /// <summary>The plans are those that Vercel asks for before anybody has installed.</summary>
    public async Task<Shown> Show(Visit visit)
    {
        var id = visit.Route("productId");
        var product = sources.Options.Product(id) ?? throw new KeyNotFoundException($"The settings know no product {id}.");
        var filled = FilledForm.Begin(product.Metadata, MetadataForm.Create, current: null);
        return Shown.Of<ProductPage>(new ProductView(
            product.Id, product.Name, [.. product.Protocols.Order(StringComparer.Ordinal)], product.Actions,
            FieldViews.Of(product.Metadata, MetadataForm.Create, filled), await Plans(product, visit.Cancel),
            [.. from installation in sources.State.Installations.Values
                where installation is { Kind: InstallationKind.Native, Stage: InstallationStage.Installed }
                select (sources.TeamOf(installation).Name, PagePaths.NewResource(installation.Id, id))]));
    }

    private async Task<PlansView?> Plans(ConsoleProduct product, CancellationToken cancel) => sources.Vercel.Provider is null
        ? null
        : OfferedPlans.Of(await sources.Hand.ProductPlans(product.Id, product.Metadata.Defaults(), cancel));

    private ProductRow Row(ConsoleProduct product) => new(
        PagePaths.Product(product.Id), product.Id, product.Name, [.. product.Protocols.Order(StringComparer.Ordinal)],
        Words.Count(product.Metadata.Fields.Length, "field"),
        sources.State.Installations.Values.SelectMany(installation => installation.Resources.Values)
            .Count(resource => resource.ProductId == product.Id && resource.DeletedAt is null));
}
