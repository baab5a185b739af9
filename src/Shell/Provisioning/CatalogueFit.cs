using Marketplace.Core.Products;
using Marketplace.Jobs.Provisioning;
using Marketplace.Shell.Configuration;

namespace Marketplace.Shell.Provisioning;

/// <summary>
/// Whether the provisioners can do what the catalogue promises: a product that nobody can make is not offered, nor a console that nobody can
/// serve, nor an import that leads nowhere.
/// </summary>
internal static class CatalogueFit
{
    /// <exception cref="StartRefusedException">It promises something that nobody can do.</exception>
    public static void Require(IServiceProvider services)
    {
        var provisioners = services.GetRequiredService<Provisioners>();
        foreach (var product in services.GetRequiredService<Catalogue>().Products)
        {
            var provisioner = product.Provisioner;
            if (!provisioners.Has(provisioner))
                Refuse(product, $"names the provisioner \"{provisioner}\". There is {Listed(provisioners.All.Select(known => known.Name))}.");
            if (product.Repl.IsSome && !provisioners.HasRepl(provisioner))
                Refuse(product, $"declares a repl, and its provisioner \"{provisioner}\" has none.");
            if (product.Experimentation.IsSome && !provisioners.HasExperiments(provisioner))
                Refuse(product, $"declares the protocol experimentation, and its provisioner \"{provisioner}\" keeps no flags.");
            if (product.IsImportable && !provisioners.HasImport(provisioner))
                Refuse(product, $"declares an import, and its provisioner \"{provisioner}\" has nothing to import from.");
            if (!product.Checks.IsEmpty && !provisioners.HasHealth(provisioner))
                Refuse(product, $"declares checks, and its provisioner \"{provisioner}\" has none.");

            var known = provisioners.DeploymentActions(provisioner);
            foreach (var action in product.DeploymentActions.Where(action => !known.Contains(action.Slug, StringComparer.Ordinal)))
            {
                Refuse(
                    product,
                    $"declares the deployment action \"{action.Slug}\", and its provisioner \"{provisioner}\" has "
                    + (known.Count > 0 ? $"{Listed(known)}." : "none."));
            }
        }
    }

    private static void Refuse(Product product, string why) => throw new StartRefusedException(
        $"Marketplace cannot start: the product {product.Id} of the catalogue (Catalog__Path) {why}");

    private static string Listed(IEnumerable<string> names) => string.Join(", ", names.Select(name => $"\"{name}\""));
}
