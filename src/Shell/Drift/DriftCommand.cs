using System.CommandLine;
using System.Text.Json;
using Marketplace.Core.Installations;
using Marketplace.Shell.Audit;
using Marketplace.Shell.Configuration;
using Marketplace.Shell.Http;
using Marketplace.Shell.Installations;
using Npgsql;

namespace Marketplace.Shell.Drift;

/// <param name="Installation">Everybody, when null.</param>
internal sealed record DriftRequest(string? Installation, bool AsJson);

/// <summary>The report from the command line: each finding on its line as soon as it is known, and the numbers on the last.</summary>
internal static class DriftCommand
{
    private const int Differs = 2;

    public static Command Command(CommandHost host)
    {
        var installation = CommandParts.OfInstallation();
        var json = CommandParts.Json("Each finding as a JSON object on a line.");
        var command = CommandParts.Of(
            "drift",
            "Compares what we hold, what the provisioners hold and what Vercel holds, and says what mends it.",
            installation, json);
        command.SetAction(host.OnServer((app, parsed, cancel) =>
            Run(app, new DriftRequest(parsed.GetValue(installation), parsed.GetValue(json)), cancel)));
        return command
            .Examples("drift", "drift --installation icfg_… --json")
            .Ends("they agree", "they differ, or there is no such installation");
    }

    /// <param name="app">Whose database and catalogue are read; it is not started.</param>
    public static async Task<int> Run(WebApplication app, DriftRequest request, CancellationToken cancel)
    {
        var (results, summary, actor) = (app.Services.GetRequiredService<DriftResults>(), new DriftSummary(), Actor.Operator("drift"));
        if (request.Installation is not { } id)
            return await Print(results.Everybody(summary, actor, cancel), summary, request.AsJson, Console.Out);

        await using var connection = await app.Services.GetRequiredService<NpgsqlDataSource>().OpenConnectionAsync(cancel);
        if (await InstallationRows.Load(connection, new InstallationId(id), cancel) is null)
        {
            await Console.Error.WriteLineAsync($"There is no installation {id}.");
            return Differs;
        }

        return await Print(results.Of(new InstallationId(id), summary, actor, cancel), summary, request.AsJson, Console.Out);
    }

    /// <returns>The exit code.</returns>
    public static async Task<int> Print(IAsyncEnumerable<DriftFinding> findings, DriftSummary summary, bool asJson, TextWriter output)
    {
        await foreach (var finding in findings)
        {
            // There are many that ended long ago: their number is said at the end.
            if (finding is DriftFinding.Leaves { IsFinal: true })
                continue;
            await output.WriteLineAsync(asJson ? JsonSerializer.Serialize(DriftFindingWire.Of(finding), WireJson.Options) : Line(finding));
        }

        if (asJson)
        {
            await output.WriteLineAsync(JsonSerializer.Serialize(
                new DriftSummaryWire(summary.Differences, summary.Installations, summary.Resources, summary.Final), WireJson.Options));
        }
        else
        {
            if (summary.Final > 0)
                await output.WriteLineAsync($"{Counted.Of(summary.Final, "installation is", "installations are")} final, and not compared.");
            await output.WriteLineAsync(DriftText.Summary(summary));
        }

        return summary.Differences == 0 ? 0 : Differs;
    }

    private static string Line(DriftFinding finding) =>
        DriftText.Mend(finding) is { } mend ? $"{DriftText.Of(finding)} To mend it: {mend}" : DriftText.Of(finding);
}
