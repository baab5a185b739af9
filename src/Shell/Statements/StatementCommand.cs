using System.CommandLine;
using System.Text.Json;
using Marketplace.Core.Installations;
using Marketplace.Core.Money;
using Marketplace.Shell.Configuration;
using Marketplace.Shell.Http;

namespace Marketplace.Shell.Statements;

/// <summary>What a person at the machine asks for: the statement of an installation and period.</summary>
internal sealed record StatementRequest(string Installation, string Period, bool AsCsv);

/// <summary>Prints a statement, the same as the Provider API answers.</summary>
internal static class StatementCommand
{
    private const int NotFound = 2;
    private const int Differs = 2;

    public static Command Command(CommandHost host)
    {
        var installation = CommandParts.Installation();
        var period = new Argument<string>("period") { Description = "The day on which the period begins, like 2027-01-31, or its month, 2027-01." };
        var format = new Option<string>("--format") { Description = "How it is printed.", DefaultValueFactory = _ => "json" };
        format.AcceptOnlyFromAmong("json", "csv");
        var command = CommandParts.Of(
            "statement",
            "Prints one period of an installation, from usage to invoices to payments.",
            installation, period, format);
        command.SetAction(host.OnServer((app, parsed, cancel) => Run(
            app, new StatementRequest(parsed.GetValue(installation)!, parsed.GetValue(period)!, parsed.GetValue(format) == "csv"), cancel)));
        return command
            .Examples("statement icfg_… 2027-01", "statement icfg_… 2027-01-31 --format csv")
            .Ends("it adds up", "it does not add up, or there is none");
    }

    /// <param name="app">Whose database and catalogue are read; it is not started.</param>
    public static async Task<int> Run(WebApplication app, StatementRequest request, CancellationToken cancel)
    {
        var answer = await app.Services.GetRequiredService<StatementStore>()
            .Find(new InstallationId(request.Installation), request.Period, cancel);
        if (answer is not StatementAnswer.Found(var statement))
        {
            await Console.Error.WriteLineAsync(answer is StatementAnswer.NoInstallation
                ? $"There is no installation {request.Installation}."
                : $"Installation {request.Installation} has no period {request.Period}.");
            return NotFound;
        }

        await Console.Out.WriteAsync(
            request.AsCsv ? StatementCsv.Of(statement) : JsonSerializer.Serialize(StatementWire.Of(statement), WireJson.Options) + "\n");
        if (statement.Differences.IsEmpty && statement.Reckoning.Difference == Usd.Zero)
            return 0;

        await Console.Error.WriteLineAsync($"It does not add up: {Counted.Of(statement.Differences.Count, "difference")}.");
        return Differs;
    }
}
