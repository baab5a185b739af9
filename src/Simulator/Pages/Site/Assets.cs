using System.Collections.Frozen;
using System.Security.Cryptography;
using Microsoft.Net.Http.Headers;

namespace Marketplace.Simulator.Pages.Site;

/// <summary>The files that pages are made of: few, ours, and named by what is in them, so that browsers keep them for good.</summary>
internal static class Assets
{
    private const string Root = "/assets";

    private static readonly Asset Stylesheet = Embedded("simulator.css", "text/css; charset=utf-8");
    private static readonly Asset Script = Embedded("simulator.js", "text/javascript; charset=utf-8");
    private static readonly Asset Icon = Embedded("icon.svg", "image/svg+xml");

    private static readonly FrozenDictionary<string, Asset> Files =
        new[] { Stylesheet, Script, Icon }.ToFrozenDictionary(one => one.FileName, StringComparer.Ordinal);

    public static readonly FrameFiles Links = new($"{Root}/{Stylesheet.FileName}", $"{Root}/{Script.FileName}", $"{Root}/{Icon.FileName}");

    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet($"{Root}/{{file}}", Serve);

    private static IResult Serve(string file, HttpContext http)
    {
        if (!Files.TryGetValue(file, out var asset))
        {
            return TypedResults.NotFound();
        }

        http.Response.Headers.CacheControl = "public, max-age=31536000, immutable";
        http.Response.Headers.XContentTypeOptions = "nosniff";
        return TypedResults.Bytes(asset.Content, asset.MediaType, entityTag: new EntityTagHeaderValue($"\"{asset.FileName}\""));
    }

    private static Asset Embedded(string name, string mediaType)
    {
        using var stream = typeof(Assets).Assembly.GetManifestResourceStream($"Marketplace.Simulator.Pages.Site.Assets.{name}")
            ?? throw new InvalidOperationException($"{name} is not in the assembly.");
        var content = new byte[stream.Length];
        stream.ReadExactly(content);
        return new Asset($"{Convert.ToHexStringLower(SHA256.HashData(content))[..12]}{Path.GetExtension(name)}", mediaType, content);
    }

    private sealed record Asset(string FileName, string MediaType, byte[] Content);
}
