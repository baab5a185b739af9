using Npgsql;
using Quartz;

namespace Marketplace.Shell.JobHosts;

/// <summary>The job host: Quartz, clustered, its store in a schema of its own in our database.</summary>
internal static class JobHost
{
    /// <summary>For every role.</summary>
    public static readonly IJobWakes Wakes = new QuartzWakes();

    /// <summary>Where its own pages are: it has none.</summary>
    public const string? Dashboard = null;

    public static readonly Type[] Modules = [];

    /// <summary>As many connections to PostgreSQL as it holds at most beside those of our pool.</summary>
    public const int ConnectionsBesidePool = 0;

    public static IServiceCollection AddJobDashboard(this IServiceCollection services) => services;

    /// <summary>For a process that runs jobs.</summary>
    public static IServiceCollection AddJobHost(this IServiceCollection services)
    {
        services.AddQuartz(QuartzScheduler.Name, quartz => quartz
            .ConfigureScheduler(scheduler =>
            {
                scheduler.GenerateInstanceId = true;
                scheduler.ShutdownJobInterruption = ShutdownJobInterruption.Always;
            })
            // Never the clock of decisions: a virtual jump would make every peer look dead. It is the clock of this scheduler
            // alone because the scheduler has a name; without one, it would become everybody's.
            .UseTimeProvider(TimeProvider.System)
            .UseDefaultThreadPool(maxConcurrency: 10)
            .AddJobType<QuartzJob>()
            .UsePersistentStore(store => store
                .UsePostgres(source => source.DataSourceFactory = provider => provider.GetRequiredService<NpgsqlDataSource>())
                .ConfigureStore(options =>
                {
                    options.TablePrefix = $"{QuartzScheduler.Schema}.qrtz_";
                    options.RecoverFiringsCancelledByShutdown = true;
                })
                .UseClustering(cluster => cluster.CheckinInterval = TimeSpan.FromSeconds(5))
                .ProvisionSchema()));
        return services
            .AddSingleton<QuartzScheduler>()
            .AddSingleton<IJobHost>(provider => provider.GetRequiredService<QuartzScheduler>())
            .AddHostedService(provider => provider.GetRequiredService<QuartzScheduler>());
    }
}
