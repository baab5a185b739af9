using Marketplace.Core.Products;
using Marketplace.Shell.Configuration;

namespace Marketplace.Shell.Products;

/// <summary>
/// The catalogue by which this server sells and bills. Each is immutable, and another one takes its place as a whole: whoever lives longer
/// than a request asks for it anew each time.
/// </summary>
internal sealed class CatalogueInForce(CatalogSettings settings)
{
    private volatile Catalogue now = settings.Catalogue;

    public Catalogue Now => now;

    public void Replace(Catalogue next) => now = next;
}
