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

    /// <param name="run">Gets what is left of the arguments, too.</param>
    /// <param name="rest">ASP.NET's part of what was parsed.</param>
    public static Command Command(Func<StatementRequest, string[], CancellationToken, Task<int>> run, Func<ParseResult, string[]> rest)
    {
        var installation = CommandParts.Installation();
        var period = new Argument<string>("period") { Description = "The day on which the period begins, like 2027-01-31, or its month, 2027-01." };
        var format = new Option<string>("--format") { Description = "How it is printed.", DefaultValueFactory = _ => "json" };
        format.AcceptOnlyFromAmong("json", "csv");
        var command = CommandParts.Of(
            "statement",
            "Prints one period of an installation, from usage to invoices to payments. Exit code 0 when it adds up, 2 when not, or when there is none.",
            installation, period, format);
        command.SetAction((parsed, cancel) => run(
            new StatementRequest(parsed.GetValue(installation)!, parsed.GetValue(period)!, parsed.GetValue(format) == "csv"),
            rest(parsed), cancel));
        return command;
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
