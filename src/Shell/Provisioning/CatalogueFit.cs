using LanguageExt;
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
        var wrong = Check(services.GetRequiredService<CatalogSettings>().Catalogue, services.GetRequiredService<Provisioners>());
        if (!wrong.IsEmpty)
            throw new StartRefusedException(
                "Marketplace cannot start: the catalogue (Catalog__Path) promises what no provisioner does."
                + string.Concat(wrong.Map(one => $"{Environment.NewLine}  {one}.")));
    }

    /// <summary>Every promise that nobody can keep, with its place.</summary>
    public static Seq<CatalogueError> Check(Catalogue catalogue, Provisioners provisioners) =>
        catalogue.Products.SelectMany((product, at) => Check(product, $"products[{at}]", provisioners)).ToSeq().Strict();

    private static IEnumerable<CatalogueError> Check(Product product, string path, Provisioners provisioners)
    {
        var provisioner = product.Provisioner;
        if (!provisioners.Has(provisioner))
        {
            yield return new($"{path}.provisioner",
                $"{product.Id} names the provisioner \"{provisioner}\". There is {Listed(provisioners.All.Select(known => known.Name))}");
            yield break;
        }

        if (product.Repl.IsSome && !provisioners.HasRepl(provisioner))
            yield return new($"{path}.repl", $"{product.Id} declares a repl, and its provisioner \"{provisioner}\" has none");
        if (product.Experimentation.IsSome && !provisioners.HasExperiments(provisioner))
            yield return new($"{path}.protocols.experimentation",
                $"{product.Id} declares the protocol experimentation, and its provisioner \"{provisioner}\" keeps no flags");
        if (product.IsImportable && !provisioners.HasImport(provisioner))
            yield return new($"{path}.import", $"{product.Id} declares an import, and its provisioner \"{provisioner}\" has nothing to import from");
        if (!product.Checks.IsEmpty && !provisioners.HasHealth(provisioner))
            yield return new($"{path}.checks", $"{product.Id} declares checks, and its provisioner \"{provisioner}\" has none");

        var known = provisioners.DeploymentActions(provisioner);
        foreach (var (action, at) in product.DeploymentActions.Select((action, at) => (action, at)))
        {
            if (!known.Contains(action.Slug, StringComparer.Ordinal))
                yield return new(
                    $"{path}.deploymentActions[{at}].slug",
                    $"{product.Id} declares the deployment action \"{action.Slug}\", and its provisioner \"{provisioner}\" has "
                    + (known.Count > 0 ? Listed(known) : "none"));
        }
    }

    private static string Listed(IEnumerable<string> names) => string.Join(", ", names.Select(name => $"\"{name}\""));
}
