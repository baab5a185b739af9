using System.Text;

namespace Marketplace.Simulator.Conformance.Reports;

/// <summary>Writes a report in the form that the file's name asks for.</summary>
internal static class ReportFiles
{
    public const string Forms = ".html, .json, or .xml and .junit for JUnit";

    public static bool IsKnown(string path) => Path.GetExtension(path).ToLowerInvariant() is ".html" or ".json" or ".xml" or ".junit";

    public static async Task Write(ConformanceReport report, string path, CancellationToken cancel)
    {
        var text = Path.GetExtension(path).ToLowerInvariant() switch
        {
            ".html" => await HtmlReport.Of(report),
            ".json" => JsonReport.Of(report),
            ".xml" or ".junit" => JUnitReport.Of(report),
            var other => throw new ArgumentException($"A report ends in {Forms}, not in {other}.", nameof(path)),
        };
        if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder)
        {
            Directory.CreateDirectory(folder);
        }

        await File.WriteAllTextAsync(path, text, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), cancel);
    }
}
