using System.Collections.Immutable;
using System.Security.Cryptography;

namespace Marketplace.Simulator.Demo;

/// <summary>Everything that a server of this repository needs to take the simulator for Vercel, but its database, which it inherits.</summary>
internal static class ServerSettings
{
    public static ImmutableDictionary<string, string> For(Uri vercel, string integrationId, string clientSecret, string slug)
    {
        var baseUrl = vercel.ToString().TrimEnd('/');
        var settings = ImmutableDictionary.CreateRange(StringComparer.Ordinal,
        [
            KeyValuePair.Create("Vercel__ApiBaseUrl", baseUrl),
            KeyValuePair.Create("Vercel__Issuer", baseUrl),
            KeyValuePair.Create("Vercel__DashboardUrl", baseUrl),
            KeyValuePair.Create("Vercel__MetadataAddress", $"{baseUrl}/.well-known/openid-configuration"),
            KeyValuePair.Create("Vercel__IntegrationId", integrationId),
            KeyValuePair.Create("Vercel__ClientSecret", clientSecret),
            KeyValuePair.Create("Vercel__Slug", slug),
            KeyValuePair.Create("Clock__Url", $"{baseUrl}/clock"),
            // Elsewhere the server would not follow somebody else's clock.
            KeyValuePair.Create("ASPNETCORE_ENVIRONMENT", "Development"),
            KeyValuePair.Create("ASPNETCORE_URLS", "http://127.0.0.1:0"),
        ]);
        return HasDataProtection()
            ? settings
            : settings.Add("DataProtection__Key", Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)));
    }

    private static bool HasDataProtection() =>
        Environment.GetEnvironmentVariable("DataProtection__Key") is { Length: > 0 }
        || Environment.GetEnvironmentVariable("DataProtection__Certificate") is { Length: > 0 };
}
