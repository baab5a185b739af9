using Marketplace.Core.Installations;

namespace Marketplace.Shell.OperatorConsole;

/// <summary>The pages of the operator console.</summary>
internal static class OperatorPaths
{
    public const string Root = "/ops";
    public const string SignIn = $"{Root}/sign-in";
    public const string SignedOut = $"{Root}/signed-out";
    public const string Session = $"{Root}/session";
    public const string Audit = $"{Root}/audit";
    public const string Runbook = $"{Root}/runbook";

    /// <summary>The job host's own dashboard, where it has one; it stands behind the same sign-in.</summary>
    public const string JobHost = "/hangfire";

    public static bool AreOfOperators(PathString path) => path.StartsWithSegments(Root, StringComparison.OrdinalIgnoreCase);

    public static string SignInTo(string page) => $"{SignIn}?to={Uri.EscapeDataString(page)}";

    /// <summary>A page of the console that somebody wants to go to; the overview where it is none.</summary>
    public static string PageOf(string? to) =>
        to is { Length: > 0 and < 2000 } && !to.Contains('\\', StringComparison.Ordinal) && !to.Any(char.IsControl)
            && Uri.TryCreate(to, UriKind.Relative, out _) && (IsUnder(to, Root) || IsUnder(to, JobHost)) && !IsUnder(to, SignIn)
            ? to
            : Root;

    public static string Installation(InstallationId installation) => $"{Root}/installations/{Uri.EscapeDataString(installation.Value)}";

    public static string Resource(InstallationId installation, string resource) =>
        $"{Root}/resources/{Uri.EscapeDataString(installation.Value)}/{Uri.EscapeDataString(resource)}";

    private static bool IsUnder(string page, string root) =>
        page.StartsWith(root, StringComparison.Ordinal) && (page.Length == root.Length || page[root.Length] is '/' or '?');
}
