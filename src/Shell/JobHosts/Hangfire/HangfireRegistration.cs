using Hangfire;
using Hangfire.AspNetCore;
using Hangfire.Common;
using Marketplace.Shell.OperatorConsole;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Npgsql;

namespace Marketplace.Shell.JobHosts;

/// <summary>The job host: Hangfire, its store in a schema of its own in our database, its dashboard beside the operator console.</summary>
internal static class JobHost
{
    /// <summary>For every role.</summary>
    public static readonly IJobWakes Wakes = new HangfireWakes();

    /// <summary>Where its own pages are; they are behind the operators' sign-in.</summary>
    public const string? Dashboard = OperatorPaths.JobHost;

    /// <summary>As many connections to PostgreSQL as it holds at most beside those of our pool: each worker listens on one for wakes.</summary>
    public const int ConnectionsBesidePool = HangfireServer.Workers;

    /// <summary>The routes of its own pages.</summary>
    public static readonly Type[] Modules = [typeof(HangfireModule)];

    /// <summary>For a process that shows its own pages, and need not run jobs.</summary>
    public static IServiceCollection AddJobDashboard(this IServiceCollection services) => services
        .AddHangfireStore()
        .AddSingleton<OperatorFormTokens>()
        .AddSingleton<IAntiforgery>(provider => provider.GetRequiredService<OperatorFormTokens>())
        .AddSingleton<HangfireDashboard>();

    /// <summary>For a process that runs jobs.</summary>
    public static IServiceCollection AddJobHost(this IServiceCollection services) => services
        .AddHangfireStore()
        .AddSingleton<RecurringJobs>()
        .AddSingleton<HangfireServer>()
        .AddSingleton<IJobHost>(provider => provider.GetRequiredService<HangfireServer>())
        .AddHostedService(provider => provider.GetRequiredService<HangfireServer>());

    /// <summary>
    /// By hand, and not by Hangfire's own registration: that one hands everybody the store which was configured last in the process,
    /// whoever's it is, and filters of which ours are none.
    /// </summary>
    private static IServiceCollection AddHangfireStore(this IServiceCollection services)
    {
        services.TryAddSingleton(provider => HangfireStore.Open(
            provider.GetRequiredService<NpgsqlDataSource>(), provider.GetRequiredService<ILoggerFactory>()));
        services.TryAddSingleton(provider => HangfireStore.Filters(provider.GetRequiredService<NpgsqlDataSource>()));
        services.TryAddSingleton<JobActivator>(provider => new AspNetCoreJobActivator(provider.GetRequiredService<IServiceScopeFactory>()));
        services.TryAddSingleton<IBackgroundJobClient>(provider => new BackgroundJobClient(
            provider.GetRequiredService<JobStorage>(), provider.GetRequiredService<IJobFilterProvider>()));
        services.TryAddSingleton<IRecurringJobManagerV2>(provider => new RecurringJobManager(
            provider.GetRequiredService<JobStorage>(), provider.GetRequiredService<IJobFilterProvider>()));
        services.TryAddSingleton<IRecurringJobManager>(provider => provider.GetRequiredService<IRecurringJobManagerV2>());
        return services;
    }
}
