using Marketplace.Simulator.Conformance;
using Marketplace.Simulator.Conformance.Reports;

namespace Marketplace.Integration.Conformance;

/// <summary>Reports that are worth a person's look, beside the pictures that the browser tests take.</summary>
internal static class KeptReports
{
    /// <summary>In every form, where <c>./test</c> says.</summary>
    public static async Task Keep(ConformanceReport report, string name)
    {
        if (Environment.GetEnvironmentVariable("MARKETPLACE_REPORTS") is not { Length: > 0 } folder)
            return;
        foreach (var form in (string[])["html", "json", "xml"])
            await ReportFiles.Write(report, Path.Combine(folder, $"{name}.{form}"), TestContext.Current.CancellationToken);
    }
}
