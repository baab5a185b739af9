using System.Globalization;
using LanguageExt;

namespace Marketplace.Shell.Configuration;

/// <summary>What customers' browsers see of us: where we are, and how we present ourselves.</summary>
internal static class BrowserSource
{
    private const string NoPath = "an https address without a path, like https://marketplace.example.com (plain http only on this machine, or in the environment Development)";

    public static PublicSettings Public(SettingsReader reader, IHostEnvironment environment) => new(
        reader.Optional("PublicUrl") is { } url ? Origin(reader, "PublicUrl", url, environment) : null,
        (reader.Optional("SignOn:AllowedOrigins") ?? "")
            .Split([',', ' '], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(origin => Origin(reader, "SignOn:AllowedOrigins", origin, environment))
            .OfType<Uri>()
            .ToSeq()
            .Strict());

    public static BrandSettings Brand(SettingsReader reader, IHostEnvironment environment) => new(
        reader.Optional("Dashboard:Name") ?? NameOf(reader.Optional("Vercel:Slug") ?? ""),
        File(reader, "Dashboard:Logo", environment, ".svg", ".png"),
        File(reader, "Dashboard:Stylesheet", environment, ".css"),
        Support(reader));

    /// <summary>Cookies and policies are the origin's: two servers on one origin would have each other's.</summary>
    private static Uri? Origin(SettingsReader reader, string key, string text, IHostEnvironment environment)
    {
        if (Uri.TryCreate(text, UriKind.Absolute, out var url)
            && url is { AbsolutePath: "/", Query: "", Fragment: "", UserInfo: "", Host.Length: > 0 }
            && (url.Scheme == Uri.UriSchemeHttps || (url.Scheme == Uri.UriSchemeHttp && (environment.IsDevelopment() || url.IsLoopback))))
        {
            return url;
        }

        reader.Wrong(key, text, NoPath);
        return null;
    }

    private static FileInfo? File(SettingsReader reader, string key, IHostEnvironment environment, params string[] extensions)
    {
        if (reader.Optional(key) is not { } given)
            return null;

        var file = new FileInfo(Path.GetFullPath(given, environment.ContentRootPath));
        if (file.Exists && extensions.Contains(file.Extension.ToLowerInvariant(), StringComparer.Ordinal))
            return file;

        reader.Wrong(key, given, $"the path of a file that ends in {string.Join(" or ", extensions)}; there is none at {file.FullName}");
        return null;
    }

    private static Uri? Support(SettingsReader reader)
    {
        const string Key = "Dashboard:SupportUrl";
        if (reader.Optional(Key) is not { } text)
            return null;
        if (Uri.TryCreate(text, UriKind.Absolute, out var url) && (url.Scheme == Uri.UriSchemeHttps || url.Scheme == Uri.UriSchemeMailto))
            return url;

        reader.Wrong(Key, text, "an https address, or mailto: and an e-mail address");
        return null;
    }

    /// <summary><c>blue-whale</c> is Blue Whale until somebody says otherwise.</summary>
    private static string NameOf(string slug) => CultureInfo.InvariantCulture.TextInfo.ToTitleCase(slug.Replace('-', ' '));
}
