using Marketplace.Shell.Configuration;

namespace Marketplace.Shell.Doctor;

/// <summary>The catalogue, as the start looks at it: the file itself, and whether the provisioners can do what it promises.</summary>
/// <param name="server">Everything that a server is made of; it refuses a catalogue that nobody can serve.</param>
internal sealed class CatalogueExamination(ExaminedSettings examined, Func<WebApplication> server) : IExamination
{
    private const string Key = "Catalog:Path";

    public string Subject => "catalogue";

    public async Task<IReadOnlyList<Finding>> Look(CancellationToken cancel)
    {
        if (!examined.Has(Key))
            return [new Finding.Skipped("Catalog__Path is wrong: see configuration.")];
        var (path, catalogue) = (examined.Settings.Catalog.Path, examined.Settings.Catalog.Catalogue);
        var what = $"{path}: {string.Join(", ", catalogue.Products.Map(product => $"{product.Id} with {Counted.Of(product.Plans.Count, "plan")}"))}";
        if (examined.Problems.Count > 0)
            return [new Finding.Ok($"{what}. Whether the provisioners can make it is not known before the configuration is right.")];
        try
        {
            await using var app = server();
            return [new Finding.Ok($"{what}.")];
        }
        catch (StartRefusedException refused)
        {
            return [new Finding.Failed(refused.Message, "Correct the catalogue.")];
        }
    }
}
