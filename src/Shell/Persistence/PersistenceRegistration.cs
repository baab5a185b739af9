using Marketplace.Shell.Telemetry;
using Npgsql;

namespace Marketplace.Shell.Persistence;

internal static class PersistenceRegistration
{
    public static IServiceCollection AddPersistence(this IServiceCollection services, string connectionString, Role role)
    {
        services.AddSingleton(provider => DataSource(connectionString, role, provider.GetRequiredService<ILoggerFactory>()));
        services.AddSingleton(provider => new Migrations(
            provider.GetRequiredService<NpgsqlDataSource>(), provider.GetRequiredService<ILogger<Migrations>>()));
        return services;
    }

    /// <summary>As many connections as one process holds at most.</summary>
    public static int PoolMax(string connectionString)
    {
        var given = new NpgsqlConnectionStringBuilder(connectionString);
        return given.ShouldSerialize("Maximum Pool Size") ? given.MaxPoolSize : 40;
    }

    /// <summary>What the connection string does not say itself.</summary>
    private static NpgsqlDataSource DataSource(string connectionString, Role role, ILoggerFactory loggers)
    {
        var builder = new NpgsqlDataSourceBuilder(connectionString);
        var given = builder.ConnectionStringBuilder;
        Default("Application Name", () => given.ApplicationName = $"marketplace-{role}".ToLowerInvariant());
        Default("Timeout", () => given.Timeout = 5);
        Default("Command Timeout", () => given.CommandTimeout = 15);
        Default("Keepalive", () => given.KeepAlive = 30);
        given.MaxPoolSize = PoolMax(connectionString);
        // Every statement is a constant, so that there are not many; each is parsed and planned once for a connection.
        Default("Max Auto Prepare", () => given.MaxAutoPrepare = 200);
        Default("Auto Prepare Min Usages", () => given.AutoPrepareMinUsages = 2);
        // Nothing here leaves a setting, a lock or a listener on its session, and the reset of a session is seven statements.
        Default("No Reset On Close", () => given.NoResetOnClose = true);
        // Details of an error quote rows, and rows hold what no log may have.
        given.IncludeErrorDetail = false;
        // Else metrics would call it by its connection string.
        builder.Name = "marketplace";
        builder.ConfigureTracing(StatementNames.Trace);
        return builder.UseLoggerFactory(loggers).Build();

        void Default(string keyword, Action set)
        {
            if (!given.ShouldSerialize(keyword))
            {
                set();
            }
        }
    }
}
