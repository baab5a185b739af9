using System.CommandLine;
using Marketplace.Core.Products;
using Marketplace.Shell.Configuration;
using Npgsql;

namespace Marketplace.Shell.Products;

/// <summary>The catalogue from the command line.</summary>
internal static class CatalogueCommands
{
    public static Command Command(CommandHost host) =>
        new("catalog", "Checks the catalogue, and mends what was sold by mistake.") { Correct(host) };

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
            $"{plan} is corrected: {string.Join(", ", corrected.Changes)}. {(corrected.Holders.Any ? $"{corrected.Holders}" : "Nobody has it")}. "
            + "Start the server anew with this catalogue.");
        return CommandParts.Done;
    }
}
