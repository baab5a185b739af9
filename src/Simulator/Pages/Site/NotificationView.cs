using System.Text.Json;

namespace Marketplace.Simulator.Pages.Site;

/// <summary>What a provider tells the customer at an installation or a resource. Source: contract §C.4.</summary>
/// <param name="Link">Where it leads; by single sign-on where the provider asks for that.</param>
public sealed record NotificationView(string Title, string? Message, string Tone, string? Link);

internal static class Notifications
{
    private const string SignOnScheme = "sso:";

    public static NotificationView? Of(JsonElement? notification, string installationId, string? resourceId) => notification is { } told
        ? new(
            told.OptionalText("title") ?? "", told.OptionalText("message"),
            told.OptionalText("level") switch { "error" => Tones.Bad, "warn" => Tones.Warn, _ => Tones.Busy },
            told.OptionalText("href") is { } href ? Link(href, installationId, resourceId) : null)
        : null;

    private static string? Link(string href, string installationId, string? resourceId) =>
        href.StartsWith(SignOnScheme, StringComparison.Ordinal)
            ? PagePaths.SignOn(installationId, [("url", href[SignOnScheme.Length..]), .. resourceId is null ? [] : new[] { ("resource_id", resourceId) }])
            : Uri.TryCreate(href, UriKind.Absolute, out var plain) && plain.Scheme is "http" or "https" ? href : null;
}
