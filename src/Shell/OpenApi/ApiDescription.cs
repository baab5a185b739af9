using System.Security.Cryptography;
using Microsoft.Net.Http.Headers;

namespace Marketplace.Shell.OpenApi;

/// <summary>An OpenAPI document as it is served. Tests hold every route and every answer of theirs against it.</summary>
internal sealed class ApiDescription(byte[] bytes)
{
    public byte[] Bytes => bytes;

    public EntityTagHeaderValue Tag { get; } = new($"\"{Convert.ToHexStringLower(SHA256.HashData(bytes))[..32]}\"");

    /// <summary>A file beside the classes that describe.</summary>
    public static byte[] Read(string resource)
    {
        using var stream = typeof(ApiDescription).Assembly.GetManifestResourceStream(resource)!;
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return bytes.ToArray();
    }
}

/// <summary>The Partner API: one document of OpenAPI 3.0.3.</summary>
internal static class PartnerApiDescription
{
    public static ApiDescription Document { get; } = new(ApiDescription.Read($"{typeof(ApiDescription).Namespace}.partner-api.json"));
}
