using Marketplace.Core.Installations;
using Marketplace.Shell.Connections;
using Marketplace.Shell.Imports;
using Marketplace.Shell.SignOn;

namespace Marketplace.Shell.Dashboard;

/// <summary>The pages of the customer dashboard. All of an installation lie under one path, to which its cookie is bound.</summary>
internal static class DashboardPaths
{
    public const string Root = "/dashboard";

    /// <summary>Whether a person reads what is answered there.</summary>
    public static bool AreOfPeople(PathString path) =>
        path.StartsWithSegments(Root, StringComparison.OrdinalIgnoreCase)
        || path.StartsWithSegments(SignOnEndpoints.Root, StringComparison.OrdinalIgnoreCase)
        || path.StartsWithSegments(ImportPaths.Root, StringComparison.OrdinalIgnoreCase)
        || path.StartsWithSegments(ConnectPaths.Root, StringComparison.OrdinalIgnoreCase);

    public static string Home(InstallationId installation) => $"{Root}/{Uri.EscapeDataString(installation.Value)}";

    public static string Resource(InstallationId installation, string resource) =>
        $"{Home(installation)}/resources/{Uri.EscapeDataString(resource)}";

    public static string Plans(InstallationId installation, string resource) => $"{Resource(installation, resource)}/plans";

    /// <summary>Of what was paid ahead for a resource or, without one, for all of them.</summary>
    public static string Balance(InstallationId installation, string? resource) =>
        $"{(resource is null ? Home(installation) : Resource(installation, resource))}/balance";

    public static string Usage(InstallationId installation) => $"{Home(installation)}/usage";

    public static string Invoices(InstallationId installation) => $"{Home(installation)}/invoices";

    /// <param name="invoice">Our name for it, or Vercel's.</param>
    public static string Invoice(InstallationId installation, string invoice) =>
        $"{Invoices(installation)}/{Uri.EscapeDataString(invoice)}";

    public static string Support(InstallationId installation) => $"{Home(installation)}/support";

    public static string Session(InstallationId installation) => $"{Home(installation)}/session";

    public static string SignedOut(InstallationId installation) => $"{Home(installation)}/signed-out";
}
