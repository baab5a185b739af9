using System.Globalization;
using Marketplace.Core.Installations;
using Marketplace.Core.Resources;

namespace Marketplace.Shell.VercelApi;

/// <summary>Addresses below that of the API. Ids are opaque, and may contain what an address must not.</summary>
internal static class VercelRoute
{
    /// <summary>Every value that is put in is one segment.</summary>
    public static string Of(FormattableString route) =>
        string.Format(
            CultureInfo.InvariantCulture, route.Format,
            [.. route.GetArguments().Select(value => Segment(value?.ToString() ?? ""))]);

    /// <summary>
    /// Dots alone mean a folder, however they are spelled, and would lead to another call: what is called like that is asked for by a name
    /// that nobody has.
    /// </summary>
    private static string Segment(string value) => value is "." or ".." ? $"%25{value}" : Uri.EscapeDataString(value);

    public static string Of(InstallationId installation) => Of($"v1/installations/{installation}");

    /// <summary>Whether an answer there is about the installation itself, and not only about a deployment of its team.</summary>
    public static bool IsOf(InstallationId installation, string route)
    {
        var own = Of(installation);
        return route == own || route.StartsWith($"{own}/", StringComparison.Ordinal);
    }

    /// <summary>What is below an installation.</summary>
    public static string Of(InstallationId installation, FormattableString rest) => $"{Of(installation)}/{Of(rest)}";

    public static string Of(InstallationId installation, ResourceId resource) => Of(installation, $"resources/{resource}");

    /// <summary>What is below a resource.</summary>
    public static string Of(InstallationId installation, ResourceId resource, FormattableString rest) =>
        $"{Of(installation, resource)}/{Of(rest)}";
}
