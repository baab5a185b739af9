using LanguageExt;
using Marketplace.Core.Products;

namespace Marketplace.Shell.Products;

internal static class MetadataSchemaReader
{
    public static MetadataSchema Read(CatalogueJson product)
    {
        product.KeysOrNone("metadata");
        return new MetadataSchema([]);
    }
}
