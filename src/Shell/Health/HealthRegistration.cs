using Marketplace.Shell.JobHosts;
using Marketplace.Shell.Persistence;
using Npgsql;

namespace Marketplace.Shell.Health;

internal static class HealthRegistration
{
    /// <summary>Whether there is a job host depends on the role.</summary>
    public static IServiceCollection AddHealth(this IServiceCollection services) => services.AddSingleton(provider => new ReadinessCheck(
        provider.GetRequiredService<Migrations>(), provider.GetRequiredService<NpgsqlDataSource>(), provider.GetService<JobNode>(), provider.GetService<IJobHost>()));
}
