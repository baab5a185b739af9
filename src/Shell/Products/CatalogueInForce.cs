using Marketplace.Core.Products;
using Marketplace.Shell.Configuration;

namespace Marketplace.Shell.Products;

/// <summary>
/// The catalogue by which this server sells and bills. Each is immutable, and another one takes its place as a whole: whoever lives longer
/// than a request asks for it anew each time.
/// </summary>
internal sealed class CatalogueInForce(CatalogSettings settings)
{
    private volatile Held held = new(settings, settings.Catalogue);

    public Catalogue Now => held.Catalogue;

    /// <summary>From what it was read. What superseded plans say stands in the database.</summary>
    public CatalogSettings File => held.File;

    public void Replace(CatalogSettings file, Catalogue next) => held = new Held(file, next);

    private sealed record Held(CatalogSettings File, Catalogue Catalogue);
}
