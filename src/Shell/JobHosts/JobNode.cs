namespace Marketplace.Shell.JobHosts;

/// <summary>This process, among those that run jobs. Its name is never used again, whatever is started on the same machine later.</summary>
internal sealed record JobNode(string Name, string Version)
{
    public static JobNode Here() => new(
        $"{Environment.MachineName}:{Environment.ProcessId}:{Random.Shared.Next(0x10000):x4}",
        typeof(JobNode).Assembly.GetName().Version?.ToString() ?? "unknown");
}
