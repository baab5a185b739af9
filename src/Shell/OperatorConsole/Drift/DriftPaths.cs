using Marketplace.Core.Installations;

namespace Marketplace.Shell.OperatorConsole.Drift;

/// <summary>Where the comparisons with Vercel and the provisioners are in the console.</summary>
internal static class DriftPaths
{
    public const string Root = OperatorPaths.Root + "/drift";

    public static string Of(InstallationId installation) => $"{Root}/{Uri.EscapeDataString(installation.Value)}";
}
