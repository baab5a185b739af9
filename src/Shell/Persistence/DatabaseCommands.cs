using System.CommandLine;
using Marketplace.Shell.Configuration;
using Npgsql;

namespace Marketplace.Shell.Persistence;

/// <summary>Our database, for PostgreSQL's own programs. Nothing is asked of it.</summary>
internal static class DatabaseCommands
{
    public static Command Command(CommandHost host)
    {
        var variables = CommandParts.Of(
            "variables", "Prints where our database is as the variables that psql, pg_dump and pg_restore read (PGHOST, PGPASSWORD and the others), for a shell to take. The password is among them.");
        variables.SetAction(host.OnConfiguration(async (builder, _, _) =>
        {
            foreach (var (name, value) in Of(SettingsSource.ReadDatabase(builder.Configuration)))
                await Console.Out.WriteLineAsync($"export {name}='{value.Replace("'", "'\\''", StringComparison.Ordinal)}'");
            return CommandParts.Done;
        }));
        return new Command("database", "Our database, for PostgreSQL's own programs.")
        {
            variables.Examples("database variables").Ends("the variables are printed"),
        };
    }

    /// <summary>Only what the connection string says, and the port, whose default is Npgsql's; the rest libpq takes from where Npgsql takes it.</summary>
    private static IEnumerable<(string Name, string Value)> Of(string connectionString)
    {
        var given = new NpgsqlConnectionStringBuilder(connectionString);
        var hosts = (given.Host ?? "").Split(',', StringSplitOptions.TrimEntries).Select(host => Place(host, given.Port)).ToList();
        (string Name, string? Value)[] all =
        [
            ("PGHOST", string.Join(',', hosts.Select(place => place.Host))),
            ("PGPORT", string.Join(',', hosts.Select(place => place.Port))),
            ("PGDATABASE", given.Database),
            ("PGUSER", given.Username),
            ("PGPASSWORD", given.Password),
            ("PGPASSFILE", given.Passfile),
            ("PGOPTIONS", given.Options),
            ("PGSSLMODE", given.ShouldSerialize("SSL Mode") ? Word(given.SslMode) : null),
            // Npgsql trusts whom the machine trusts; libpq wants to be told, and takes that word from version 16 on.
            ("PGSSLROOTCERT", given.RootCertificate ?? (given.SslMode == SslMode.VerifyFull ? "system" : null)),
            ("PGSSLCERT", given.SslCertificate),
            ("PGSSLKEY", given.SslKey),
        ];
        return all.Where(one => !string.IsNullOrEmpty(one.Value)).Select(one => (one.Name, one.Value!));
    }

    /// <summary>A host may have a port of its own. More than one colon is an IPv6 address, a slash a socket.</summary>
    private static (string Host, string Port) Place(string host, int port) =>
        host.Split(':') is [var name, var own] && !host.StartsWith('/') ? (name, own) : (host, $"{port}");

    /// <summary>As libpq spells it.</summary>
    private static string Word(SslMode mode) =>
        mode switch
        {
            SslMode.VerifyCA => "verify-ca",
            SslMode.VerifyFull => "verify-full",
            _ => mode.ToString().ToLowerInvariant(),
        };
}
