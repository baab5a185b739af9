using Carter;
using Marketplace.Shell.Http;
using Microsoft.Net.Http.Headers;

namespace Marketplace.Shell.OpenApi;

/// <summary>GET /openapi: the Partner API as this server answers it, for whoever reads or generates code. No sign-in, nothing secret.</summary>
public sealed class OpenApiModule : CarterModule
{
    private static readonly RequestDelegate Document = HandlerDelegate.Create((HttpResponse response) =>
    {
        response.Headers.CacheControl = "public, max-age=300";
        return TypedResults.Bytes(PartnerApiDescription.Bytes, "application/json", entityTag: PartnerApiDescription.Tag);
    });

    public OpenApiModule() => Get("/openapi", Document);
}

/// <summary>The OpenAPI 3.0.3 document. Tests hold every route, every wire type and every answer of theirs against it.</summary>
internal static class PartnerApiDescription
{
    public static byte[] Bytes { get; } = Read();

    public static EntityTagHeaderValue Tag { get; } =
        new($"\"{Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(Bytes))[..32]}\"");

    private static byte[] Read()
    {
        using var stream = typeof(PartnerApiDescription).Assembly.GetManifestResourceStream(typeof(PartnerApiDescription), "partner-api.json")!;
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return bytes.ToArray();
    }
}
