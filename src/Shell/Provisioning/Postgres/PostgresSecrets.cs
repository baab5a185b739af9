using System.Buffers.Text;
using System.Security.Cryptography;
using LanguageExt;
using Marketplace.Core.Secrets;
using static LanguageExt.Prelude;

namespace Marketplace.Shell.Provisioning.Postgres;

/// <summary>What a customer needs to connect, under the names that PostgreSQL's own programs read.</summary>
internal static class PostgresSecrets
{
    /// <summary>256 random bits in characters that need no escape anywhere.</summary>
    public static string NewPassword() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    public static Seq<Secret> For(PostgresTarget target, string database, string login, string password)
    {
        var port = target.PublicPort.ToString();
        return Seq(
            Plain("DATABASE_URL", Url(target, database, login, password)),
            Plain("PGHOST", target.PublicHost),
            Plain("PGPORT", port),
            Plain("PGUSER", login),
            Plain("PGPASSWORD", password),
            Plain("PGDATABASE", database));
    }

    private static string Url(PostgresTarget target, string database, string login, string password)
    {
        var host = target.PublicHost.Contains(':', StringComparison.Ordinal) ? $"[{target.PublicHost}]" : target.PublicHost;
        var query = target.SslMode is { } mode ? $"?sslmode={mode}" : "";
        return $"postgres://{Uri.EscapeDataString(login)}:{Uri.EscapeDataString(password)}@{host}:{target.PublicPort}"
            + $"/{Uri.EscapeDataString(database)}{query}";
    }

    private static Secret Plain(string name, string value) => new(name, value, None, EnvironmentOverrides.None);
}
