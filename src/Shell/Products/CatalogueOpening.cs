using LanguageExt;
using Marketplace.Core.Products;
using Marketplace.Shell.Configuration;

namespace Marketplace.Shell.Products;

/// <summary>The catalogue as it takes force at a start: held against what was sold, and with it.</summary>
internal static class CatalogueOpening
{
    /// <param name="isOffered">Whether it is sold by from now on; a command only looks.</param>
    /// <exception cref="StartRefusedException">It changes what somebody has.</exception>
    public static async Task OpenCatalogue(this IServiceProvider services, bool isOffered, CancellationToken cancel)
    {
        var file = services.GetRequiredService<CatalogSettings>();
        var offered = services.GetRequiredService<OfferedPlans>();
        services.GetRequiredService<CatalogueInForce>().Replace(
            file,
            isOffered
                ? (await offered.Offer(file, isAlone: true, cancel)).IfLeft(wrong => throw Refused(file, wrong))
                : await offered.Know(file, cancel));
    }

    private static StartRefusedException Refused(CatalogSettings file, Seq<CatalogueError> wrong) => new(
        $"Marketplace cannot start: the catalogue (Catalog__Path) {file.Path} changes what was sold."
        + string.Concat(wrong.Map(one => $"{Environment.NewLine}  {one}.")));
}
