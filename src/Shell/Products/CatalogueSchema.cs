using System.Text;
using Marketplace.Shell.OpenApi;

namespace Marketplace.Shell.Products;

/// <summary>The JSON Schema of the catalogue's file, as it is published: <c>docs/catalog.schema.json</c>. A test holds it against the reader.</summary>
internal static class CatalogueSchema
{
    public static ApiDescription Document { get; } = new(ApiDescription.Read("catalog.schema.json"));

    public static string Text => Encoding.UTF8.GetString(Document.Bytes);
}
