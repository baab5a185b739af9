using Npgsql;

namespace Marketplace.Shell.Configuration;

/// <summary>Where the example product makes its databases, and how customers reach them.</summary>
internal static class AcmePostgresSource
{
    private const string HostKey = "AcmePostgres:PublicHost";
    private const string PortKey = "AcmePostgres:PublicPort";
    private const string PrefixKey = "AcmePostgres:Prefix";
    private const string DefaultPrefix = "acme";

    /// <summary>PostgreSQL keeps 63 characters of a name; an underscore, a resource's id (36) and a login's own part (19) need the rest.</summary>
    private const int PrefixLengthMax = 7;

    /// <param name="connectionString">Checked already; what is wrong with it has been said.</param>
    public static AcmePostgresSettings Read(SettingsReader reader, string connectionString)
    {
        var (host, port) = Address(connectionString);
        var given = reader.Optional(HostKey);
        var publicHost = given ?? host;
        if (publicHost is null)
        {
            reader.Missing(HostKey,
                "the host under which customers reach their databases; the connection string names a socket or several hosts");
        }

        return new AcmePostgresSettings(connectionString, publicHost ?? "", Port(reader) ?? port, Prefix(reader))
        {
            IsChosen = given is not null || reader.Optional("ConnectionStrings:AcmePostgres") is not null,
        };
    }

    /// <summary>No host when a customer could not use it: a socket of this machine, or a list.</summary>
    private static (string? Host, int Port) Address(string connectionString)
    {
        NpgsqlConnectionStringBuilder given;
        try
        {
            given = new NpgsqlConnectionStringBuilder(connectionString);
        }
        catch (Exception fault) when (fault is ArgumentException or FormatException or OverflowException)
        {
            return ("", 0);
        }

        return given.Host switch
        {
            null or "" => ("", given.Port),
            ['/' or '@', ..] => (null, given.Port),
            var list when list.Contains(',', StringComparison.Ordinal) => (null, given.Port),
            var pair when pair.Split(':') is [var host, var port] && int.TryParse(port, out var number) => (host, number),
            var host => (host, given.Port),
        };
    }

    private static int? Port(SettingsReader reader)
    {
        if (reader.Optional(PortKey) is not { } text)
        {
            return null;
        }

        if (int.TryParse(text, out var port) && port is > 0 and < 65536)
        {
            return port;
        }

        reader.Wrong(PortKey, text, "a port number from 1 to 65535");
        return null;
    }

    private static string Prefix(SettingsReader reader)
    {
        var prefix = reader.Optional(PrefixKey) ?? DefaultPrefix;
        if (prefix.Length > PrefixLengthMax || !prefix.All(char.IsAsciiLetterOrDigit))
        {
            reader.Wrong(PrefixKey, prefix, $"up to {PrefixLengthMax} letters or digits, with which the names of databases and roles begin");
        }

        return prefix;
    }
}
