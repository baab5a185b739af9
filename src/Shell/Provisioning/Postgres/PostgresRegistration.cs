using Marketplace.Jobs.Provisioning;
using Npgsql;

namespace Marketplace.Shell.Provisioning.Postgres;

/// <summary>The provisioner <c>postgres</c> of the catalogue.</summary>
internal static class PostgresRegistration
{
    /// <summary>Reads <c>ConnectionStrings__AcmePostgres</c>, else <c>ConnectionStrings__Marketplace</c>, and the section <c>AcmePostgres</c>.</summary>
    public static IServiceCollection AddPostgresProvisioner(this IServiceCollection services, IConfiguration configuration)
    {
        var target = PostgresTarget.From(configuration);
        return services
            .AddSingleton<PostgresIsolation>()
            .AddKeyedSingleton<NpgsqlDataSource>(PoolKey, (_, _) => target.OpenPool())
            .AddSingleton<IProvisioner>(provider => new PostgresProvisioner(
                target, provider.GetRequiredKeyedService<NpgsqlDataSource>(PoolKey), provider.GetRequiredService<PostgresIsolation>()))
            .AddHostedService(provider => new PostgresIsolationAtStart(
                provider.GetRequiredKeyedService<NpgsqlDataSource>(PoolKey),
                provider.GetRequiredService<PostgresIsolation>(),
                provider.GetRequiredService<ILogger<PostgresIsolationAtStart>>()));
    }

    private const string PoolKey = "postgres provisioner";
}
