using System.Globalization;
using System.Text.Json;
using Marketplace.Shell.Configuration;
using Marketplace.Shell.Http;

namespace Marketplace.Shell.Doctor;

/// <summary>What was found, for a person line by line as it is known, or as JSON at the end.</summary>
internal sealed class DoctorReport(TextWriter output, bool inColor)
{
    private const int StatusWidth = 8;
    private const int SubjectWidth = 15;

    private readonly Dictionary<string, int> counts = new(StringComparer.Ordinal) { ["ok"] = 0, ["warning"] = 0, ["failed"] = 0, ["skipped"] = 0 };
    private readonly List<FindingWire> wires = [];

    public int ExitCode => counts["warning"] + counts["failed"] == 0 ? CommandParts.Done : CommandParts.NothingDone;

    public async Task Write(Examined examined, bool asText)
    {
        foreach (var finding in examined.Findings)
        {
            var status = Status(finding);
            counts[status]++;
            wires.Add(new FindingWire(examined.Subject, status, finding.Says, finding.Mend, (long)examined.Took.TotalMilliseconds));
            if (!asText)
                continue;
            await output.WriteLineAsync($"{Colored(status)}{new string(' ', StatusWidth - status.Length)} {examined.Subject.PadRight(SubjectWidth)} {finding.Says}");
            if (finding.Mend is { } mend)
                await output.WriteLineAsync($"{new string(' ', StatusWidth + SubjectWidth + 2)}{mend}");
        }
    }

    public async Task End(bool asText) => await output.WriteLineAsync(asText
        ? string.Create(CultureInfo.InvariantCulture, $"{counts["ok"]} ok, {counts["warning"]} warning, {counts["failed"]} failed, {counts["skipped"]} skipped.")
        : JsonSerializer.Serialize(new ReportWire([.. wires], counts["ok"], counts["warning"], counts["failed"], counts["skipped"]), WireJson.Options));

    private static string Status(Finding finding) => finding switch
    {
        Finding.Ok => "ok",
        Finding.Warning => "warning",
        Finding.Failed => "failed",
        Finding.Skipped => "skipped",
        _ => throw new System.Diagnostics.UnreachableException(finding.GetType().Name),
    };

    private string Colored(string status) => inColor
        ? $"\e[{status switch { "ok" => 32, "warning" => 33, "failed" => 31, _ => 90 }}m{status}\e[0m"
        : status;

    private sealed record ReportWire(FindingWire[] Findings, int Ok, int Warning, int Failed, int Skipped);

    /// <param name="Mend">Absent where nothing has to be done.</param>
    private sealed record FindingWire(string Subject, string Status, string Says, string? Mend, long Milliseconds);
}
