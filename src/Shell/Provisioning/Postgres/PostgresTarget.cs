using Marketplace.Shell.Configuration;
using Npgsql;

namespace Marketplace.Shell.Provisioning.Postgres;

/// <summary>The server on which customers' databases are made, and how customers reach it.</summary>
/// <param name="ConnectionString">Of a role with CREATEDB and CREATEROLE; its database is where we work from, and none of the customers'.</param>
/// <param name="SslMode">As libpq spells it; null leaves the choice to the customer's driver.</param>
internal sealed record PostgresTarget(string ConnectionString, string PublicHost, int PublicPort, string? SslMode, PostgresNames Names)
{
    /// <summary>Longer than any statement here takes on a healthy server.</summary>
    private static readonly TimeSpan StatementLimit = TimeSpan.FromSeconds(30);

    public static PostgresTarget From(AcmePostgresSettings settings)
    {
        var given = new NpgsqlConnectionStringBuilder(settings.ConnectionString);
        return new PostgresTarget(
            Bounded(given), settings.PublicHost, settings.PublicPort, LibpqSslMode(given.SslMode), new PostgresNames(settings.Prefix));
    }

    /// <summary>Few connections: every call holds one, and calls are rare.</summary>
    public NpgsqlDataSource OpenPool()
    {
        var builder = new NpgsqlDataSourceBuilder(
            new NpgsqlConnectionStringBuilder(ConnectionString) { MaxPoolSize = 8 }.ConnectionString);
        // Even a verifier has no business in a trace.
        builder.ConfigureTracing(tracing =>
            tracing.ConfigureCommandFilter(command => !command.CommandText.Contains("PASSWORD", StringComparison.Ordinal)));
        return builder.Build();
    }

    /// <summary>
    /// For a session of the customer's own. Neither its statements nor what the server says to them may appear in a trace, and no pool
    /// keeps it: its settings are the customer's too.
    /// </summary>
    public NpgsqlDataSource SourceFor(string database, string login, string password, TimeSpan statementLimit)
    {
        var builder = new NpgsqlDataSourceBuilder(
            new NpgsqlConnectionStringBuilder(ConnectionString)
            {
                Database = database,
                Username = login,
                Password = password,
                Options = $"-c statement_timeout={statementLimit.TotalMilliseconds:0} -c client_connection_check_interval=1s",
                ApplicationName = "console",
                SearchPath = null,
                Timezone = null,
                MaxAutoPrepare = 0,
                Pooling = false,
                CommandTimeout = 0,
                IncludeErrorDetail = true,
            }.ConnectionString);
        builder.ConfigureTypeLoading(types => types.EnableTypeLoading(false));
        builder.ConfigureTracing(tracing => tracing.ConfigureCommandFilter(_ => false));
        return builder.Build();
    }

    /// <summary>Runs one command inside a customer's database, on a connection that ends with it: a kept one would take the customer's place.</summary>
    public async Task ExecuteInside(string database, string sql, CancellationToken cancel)
    {
        var builder = new NpgsqlDataSourceBuilder(
            new NpgsqlConnectionStringBuilder(ConnectionString) { Database = database, Pooling = false }.ConnectionString);
        // The catalogue of types is the customer's to extend, and none of it is needed.
        builder.ConfigureTypeLoading(types => types.EnableTypeLoading(false));
        await using var inside = builder.Build();
        await using var command = inside.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(cancel);
    }

    public override string ToString() => $"PostgreSQL at {PublicHost}:{PublicPort}";

    private static string Bounded(NpgsqlConnectionStringBuilder given) =>
        new NpgsqlConnectionStringBuilder(given.ConnectionString)
        {
            ApplicationName = given.ApplicationName ?? "marketplace provisioner",
            CommandTimeout = (int)StatementLimit.TotalSeconds,
            Timeout = 10,
            // The server keeps the limit as well, should the client vanish. A search path without the customer's schemas
            // keeps the customer's functions out of our statements.
            Options = $"{given.Options} -c statement_timeout={StatementLimit.TotalMilliseconds:0} -c search_path=pg_catalog".TrimStart(),
            PersistSecurityInfo = false,
        }.ConnectionString;

    private static string? LibpqSslMode(SslMode mode) =>
        mode switch
        {
            Npgsql.SslMode.Require => "require",
            Npgsql.SslMode.VerifyCA => "verify-ca",
            Npgsql.SslMode.VerifyFull => "verify-full",
            _ => null,
        };
}
