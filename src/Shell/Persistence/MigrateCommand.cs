using System.CommandLine;
using Marketplace.Shell.Configuration;

namespace Marketplace.Shell.Persistence;

/// <summary>Brings the database to this binary's schema; it needs the database and nothing else.</summary>
internal static class MigrateCommand
{
    public static Command Command(CommandHost host)
    {
        var command = CommandParts.Of("migrate", "Applies pending migrations to the database and ends.");
        command.SetAction(host.OnAnyDatabase(Run));
        return command.Examples("migrate").Ends("the database is at this program's schema");
    }

    private static async Task<int> Run(WebApplication app, ParseResult parsed, CancellationToken cancel)
    {
        var applied = await app.Services.GetRequiredService<Migrations>().Apply(cancel);
        await Console.Out.WriteLineAsync(applied == 0 ? "The database is up to date." : $"{Counted.Of(applied, "migration")} applied.");
        return CommandParts.Done;
    }
}
