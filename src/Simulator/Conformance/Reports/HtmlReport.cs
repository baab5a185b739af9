using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.Extensions.Logging.Abstractions;

namespace Marketplace.Simulator.Conformance.Reports;

/// <summary>The report for people: one file that needs nothing beside it.</summary>
internal static class HtmlReport
{
    public static async Task<string> Of(ConformanceReport report)
    {
        await using var services = new ServiceCollection().BuildServiceProvider();
        await using var renderer = new HtmlRenderer(services, NullLoggerFactory.Instance);
        return await renderer.Dispatcher.InvokeAsync(async () =>
        {
            var page = await renderer.RenderComponentAsync<ReportPage>(
                ParameterView.FromDictionary(new Dictionary<string, object?>(StringComparer.Ordinal) { [nameof(ReportPage.Report)] = ReportView.Of(report) }));
            return "<!doctype html>\n" + page.ToHtmlString();
        });
    }
}
