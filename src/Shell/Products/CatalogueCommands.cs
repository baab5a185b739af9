using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using Marketplace.Core.Products;
using Marketplace.Shell.Configuration;
using Npgsql;

namespace Marketplace.Shell.Products;

/// <summary>The catalogue from the command line.</summary>
internal static class CatalogueCommands
{
    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Command Command(CommandHost host) =>
        new("catalog", "Checks the catalogue, and mends what was sold by mistake.") { Check(host), Schema(host), ForConsole(host), Correct(host) };

    private static OperatorCommand Check(CommandHost host)
    {
        var file = new Argument<string?>("file") { Description = "The catalogue; the one that Catalog__Path names when left out.", Arity = ArgumentArity.ZeroOrOne };
        var json = CommandParts.Json("As JSON, with the place of each problem.");
        var command = CommandParts.Of(
            "check",
            "Says everything that is wrong with a catalogue: its fields, what no provisioner does and, where a database is configured, which plans it would "
            + "change under those who have them.",
            file, json);
        command.SetAction(host.OnConfiguration((builder, parsed, cancel) =>
            Check(builder, host.Parts, ConfigurationWords.Of(parsed), parsed.GetValue(file), parsed.GetValue(json), cancel)));
        return command
            .Examples("catalog check", "catalog check new-prices.json --json")
            .Ends("a server would start with it", "it would not: each problem is said");
    }

    private static OperatorCommand Schema(CommandHost host)
    {
        var command = CommandParts.Of("schema", "Prints the JSON Schema of the catalogue, by which editors complete and check it.");
        command.SetAction(host.OnConfiguration(async (_, _, _) =>
        {
            await Console.Out.WriteAsync(CatalogueSchema.Text);
            return CommandParts.Done;
        }));
        return command.Examples("catalog schema").Ends("it is printed");
    }

    private static OperatorCommand ForConsole(CommandHost host)
    {
        var command = CommandParts.Of(
            "console",
            "Prints what to enter in Vercel's Integration Console for the catalogue that Catalog__Path names, as the settings that the simulator reads; "
            + "the client secret is not in them.");
        command.SetAction(host.OnConfiguration(async (builder, _, _) =>
        {
            var file = SettingsSource.ReadCatalog(builder.Configuration, builder.Environment);
            await Console.Out.WriteLineAsync(ConsoleSettings.Of(file, builder.Configuration).ToJsonString(Readable));
            return CommandParts.Done;
        }));
        return command.Examples("catalog console", "catalog console > simulator.json").Ends("they are printed");
    }

    private static async Task<int> Check(
        WebApplicationBuilder builder, Func<string[], WebApplication> parts, string[] args, string? given, bool asJson, CancellationToken cancel)
    {
        var path = given is null
            ? Path.GetFullPath(builder.Configuration["Catalog:Path"] ?? "catalog.json", builder.Environment.ContentRootPath)
            : Path.GetFullPath(given);
        if (!File.Exists(path))
            throw new StartRefusedException($"There is no file {path}.");

        var check = await CatalogueCheck.Of(path, builder.Configuration, parts, args, cancel);
        if (asJson)
        {
            await CommandParts.SayJson(CatalogueCheckWire.Of(check));
        }
        else
        {
            foreach (var one in check.Problems)
                await Console.Out.WriteLineAsync($"{path}:{one.At.Line}:{one.At.Column}: {(one.Path.Length == 0 ? "" : $"{one.Path}: ")}{one.Problem.TrimEnd('.')}.");
            foreach (var note in check.Notes)
                await Console.Out.WriteLineAsync(note);
            await Console.Out.WriteLineAsync(check.Problems.Count == 0 ? "The catalogue is good." : $"{Counted.Of(check.Problems.Count, "problem")}.");
        }

        return check.Problems.Count == 0 ? CommandParts.Done : CommandParts.NothingDone;
    }

    private static OperatorCommand Correct(CommandHost host)
    {
        var plan = new Argument<string>("plan") { Description = "Of a product (acme-postgres/pro, acme-postgres/pro@2), or of whole installations (team-pro)." };
        var reason = CommandParts.Reason();
        var command = CommandParts.Of(
            "correct",
            "Has a plan mean what the catalogue says now, also to those who have it: for a price that was wrong, and nothing else.",
            plan, reason);
        command.SetAction(host.OnDatabase((app, parsed, cancel) => Correct(app, parsed.GetValue(plan)!, parsed.GetValue(reason)!, cancel)));
        return command
            .Examples("catalog correct acme-postgres/pro --reason \"the price had one nought too many\"")
            .Ends("it is corrected: start the server anew", "there is nothing to correct");
    }

    /// <param name="app">Whose database is used; the catalogue is the file that its configuration names.</param>
    private static async Task<int> Correct(WebApplication app, string plan, string reason, CancellationToken cancel)
    {
        var file = SettingsSource.ReadCatalog(app.Configuration, app.Environment);
        var plans = new OfferedPlans(app.Services.GetRequiredService<NpgsqlDataSource>());
        if (await plans.Correct(file, plan, reason, cancel) is not { } corrected)
            return await CommandParts.SayNothingDone(
                $"{plan} is no plan of {file.Path} that was offered on other terms. A plan of a product is named with it: acme-postgres/pro.");

        await Console.Out.WriteLineAsync(
            $"{plan} is corrected: {string.Join(", ", corrected.Changes)}. {corrected.Holders}. "
            + "Start the server anew with this catalogue.");
        return CommandParts.Done;
    }
}

internal sealed record CatalogueCheckWire(string File, bool IsGood, IReadOnlyList<CatalogueProblemWire> Problems, IReadOnlyList<string> Notes)
{
    public static CatalogueCheckWire Of(CatalogueCheck check) => new(
        check.Path, check.Problems.Count == 0,
        [.. check.Problems.Select(one => new CatalogueProblemWire(one.Path, one.At.Line, one.At.Column, one.Problem))], check.Notes);
}

/// <param name="Path">Within the catalogue; empty for the whole.</param>
/// <param name="Line">From one, as editors count; so is the column.</param>
internal sealed record CatalogueProblemWire(string Path, int Line, int Column, string Problem);
