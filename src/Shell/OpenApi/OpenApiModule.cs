using Carter;
using Marketplace.Shell.Http;
using Marketplace.Shell.Products;

namespace Marketplace.Shell.OpenApi;

/// <summary>
/// GET /openapi, the Partner API, and /openapi/provider.json, the Provider API, as this server answers them: for whoever reads or generates
/// code; and /openapi/catalog.schema.json, for whoever writes a catalogue. No sign-in, nothing secret.
/// </summary>
public sealed class OpenApiModule : CarterModule
{
    private static readonly RequestDelegate Partner = Serve(PartnerApiDescription.Document);

    private static readonly RequestDelegate Provider = Serve(ProviderApiDescription.Document);

    private static readonly RequestDelegate Catalogue = Serve(CatalogueSchema.Document);

    public OpenApiModule()
    {
        Get("/openapi", Partner);
        Get("/openapi/provider.json", Provider);
        Get("/openapi/catalog.schema.json", Catalogue);
    }

    private static RequestDelegate Serve(ApiDescription description) => HandlerDelegate.Create((HttpResponse response) =>
    {
        response.Headers.CacheControl = "public, max-age=300";
        return TypedResults.Bytes(description.Bytes, "application/json", entityTag: description.Tag);
    });
}
