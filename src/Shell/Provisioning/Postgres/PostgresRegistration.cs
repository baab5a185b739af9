using Marketplace.Core.Repl;
using Marketplace.Jobs.Provisioning;
using Marketplace.Shell.Configuration;
using Npgsql;

namespace Marketplace.Shell.Provisioning.Postgres;

/// <summary>The provisioner <c>postgres</c> of the catalogue.</summary>
internal static class PostgresRegistration
{
    public static IServiceCollection AddPostgresProvisioner(this IServiceCollection services, AcmePostgresSettings settings)
    {
        var target = PostgresTarget.From(settings);
        return services
            .AddSingleton<PostgresIsolation>()
            .AddKeyedSingleton<NpgsqlDataSource>(PoolKey, (_, _) => target.OpenPool())
            .AddSingleton(provider => new PostgresReplLogin(
                target, provider.GetRequiredKeyedService<NpgsqlDataSource>(PoolKey), provider.GetRequiredService<ReplLimits>()))
            .AddSingleton<PostgresRepl>()
            .AddSingleton<IProvisioner>(provider => new PostgresProvisioner(
                target, provider.GetRequiredKeyedService<NpgsqlDataSource>(PoolKey), provider.GetRequiredService<PostgresIsolation>(),
                provider.GetRequiredService<PostgresRepl>()))
            .AddHostedService(provider => new PostgresIsolationAtStart(
                provider.GetRequiredKeyedService<NpgsqlDataSource>(PoolKey),
                provider.GetRequiredService<PostgresIsolation>(),
                provider.GetRequiredService<ILogger<PostgresIsolationAtStart>>()));
    }

    private const string PoolKey = "postgres provisioner";
}
