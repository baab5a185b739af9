namespace Marketplace.Shell.OperatorConsole.Jobs;

/// <summary>Where the pages of the jobs are.</summary>
internal static class JobPaths
{
    public const string Root = $"{OperatorPaths.Root}/jobs";

    public const string One = Root + "/{jobId}";

    public static string Of(string job) => $"{Root}/{Uri.EscapeDataString(job)}";
}
