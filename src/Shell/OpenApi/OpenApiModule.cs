using Carter;
using Marketplace.Shell.Http;

namespace Marketplace.Shell.OpenApi;

/// <summary>
/// GET /openapi, the Partner API, and /openapi/provider.json, the Provider API, as this server answers them: for whoever reads or generates
/// code. No sign-in, nothing secret.
/// </summary>
public sealed class OpenApiModule : CarterModule
{
    private static readonly RequestDelegate Partner = Serve(PartnerApiDescription.Document);

    private static readonly RequestDelegate Provider = Serve(ProviderApiDescription.Document);

    public OpenApiModule()
    {
        Get("/openapi", Partner);
        Get("/openapi/provider.json", Provider);
    }

    private static RequestDelegate Serve(ApiDescription description) => HandlerDelegate.Create((HttpResponse response) =>
    {
        response.Headers.CacheControl = "public, max-age=300";
        return TypedResults.Bytes(description.Bytes, "application/json", entityTag: description.Tag);
    });
}
