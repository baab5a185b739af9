using System.Collections.Frozen;
using System.Security.Cryptography;
using Marketplace.Shell.Configuration;
using Marketplace.Shell.Http;
using Microsoft.Net.Http.Headers;

namespace Marketplace.Shell.Dashboard;

/// <summary>The files that pages are made of: few, ours, and named by what is in them, so that browsers keep them for good.</summary>
internal sealed class Assets
{
    public const string Root = "/assets";
    public const string Stylesheet = "dashboard.css";
    public const string Script = "dashboard.js";
    public const string ChartsStylesheet = "charts.css";
    public const string ConsoleStylesheet = "console.css";
    public const string ConsoleScript = "console.js";
    public const string Icon = "icon.svg";
    public const string Logo = "logo";
    public const string OwnStylesheet = "own.css";

    public static readonly RequestDelegate Route = HandlerDelegate.Create(Serve);

    private readonly FrozenDictionary<string, string> links;
    private readonly FrozenDictionary<string, Asset> files;

    public Assets(BrandSettings brand)
    {
        List<(string Name, Asset Asset)> all = 
        [
            Embedded("Dashboard", Stylesheet), Embedded("Dashboard", Script), Embedded("Dashboard", Icon), Embedded("Charts", ChartsStylesheet),
            Embedded("OperatorConsole", ConsoleStylesheet), Embedded("OperatorConsole", ConsoleScript),
        ];
        if (brand.Logo is { } logo)
            all.Add((Logo, Read(logo)));
        if (brand.Stylesheet is { } own)
            all.Add((OwnStylesheet, Read(own)));
        links = all.ToFrozenDictionary(one => one.Name, one => $"{Root}/{one.Asset.FileName}", StringComparer.Ordinal);
        files = all.ToFrozenDictionary(one => one.Asset.FileName, one => one.Asset, StringComparer.Ordinal);
    }

    public string Link(string name) => links[name];

    private static IResult Serve(string file, HttpContext context, Assets assets)
    {
        if (!assets.files.TryGetValue(file, out var asset))
            return TypedResults.NotFound();

        var headers = context.Response.Headers;
        headers.CacheControl = "public, max-age=31536000, immutable";
        headers.XContentTypeOptions = "nosniff";
        // A picture may be a document that is opened by itself.
        headers.ContentSecurityPolicy = "default-src 'none'; style-src 'unsafe-inline'; sandbox";
        return TypedResults.Bytes(asset.Content, asset.MediaType, entityTag: new EntityTagHeaderValue($"\"{asset.Hash}\""));
    }

    private static (string Name, Asset Asset) Embedded(string folder, string name)
    {
        using var stream = typeof(Assets).Assembly.GetManifestResourceStream($"Marketplace.Shell.{folder}.Assets.{name}")
            ?? throw new InvalidOperationException($"{name} is not in the assembly.");
        var content = new byte[stream.Length];
        stream.ReadExactly(content);
        return (name, Asset.Of(name, content));
    }

    private static Asset Read(FileInfo file) => Asset.Of(file.Name, File.ReadAllBytes(file.FullName));

    private sealed record Asset(string FileName, string MediaType, byte[] Content, string Hash)
    {
        public static Asset Of(string name, byte[] content)
        {
            var hash = Convert.ToHexStringLower(SHA256.HashData(content))[..12];
            var extension = Path.GetExtension(name).ToLowerInvariant();
            return new Asset($"{hash}{extension}", MediaTypeOf(extension), content, hash);
        }

        private static string MediaTypeOf(string extension) =>
            extension switch
            {
                ".css" => "text/css; charset=utf-8",
                ".js" => "text/javascript; charset=utf-8",
                ".svg" => "image/svg+xml",
                ".png" => "image/png",
                _ => throw new ArgumentOutOfRangeException(nameof(extension), extension, message: null),
            };
    }
}
