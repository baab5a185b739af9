using Hangfire;
using Hangfire.Common;
using Npgsql;

namespace Marketplace.Shell.JobHosts;

/// <summary>Makes Hangfire's tables, writes every job into its schedule, starts its server, and stops it when the work under way is done.</summary>
internal sealed class HangfireServer(
    JobStorage store, RecurringJobs recurring, IRecurringJobManagerV2 manager, IJobFilterProvider filters, JobActivator activator, NpgsqlDataSource database)
    : IHostedService, IJobHost
{
    public const int Workers = 10;

    private volatile BackgroundJobServer? server;

    public bool IsRunning => server is not null;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await HangfireStore.Prepare(database, cancellationToken);
        recurring.Announce();
        server = new BackgroundJobServer(
            new BackgroundJobServerOptions
            {
                Activator = activator,
                FilterProvider = filters,
                WorkerCount = Workers,
                // Jobs come each few seconds; this is also how late one may be.
                SchedulePollingInterval = TimeSpan.FromSeconds(1),
                HeartbeatInterval = TimeSpan.FromSeconds(5),
                ServerTimeout = TimeSpan.FromMinutes(1),
                ServerCheckInterval = TimeSpan.FromSeconds(30),
                // What is under way is told at once, and has less than the process gives itself.
                StopTimeout = TimeSpan.Zero,
                ShutdownTimeout = TimeSpan.FromSeconds(20),
            },
            store, [recurring]);
    }

    public Task<bool> Wake(string job, CancellationToken cancel) => Task.Run(() => manager.TriggerJob(job) is not null, cancel);

    public Task Forget(string job, CancellationToken cancel) => Task.Run(() => manager.RemoveIfExists(job), cancel);

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (server is not { } running)
            return;

        server = null;
        running.SendStop();
        await running.WaitForShutdownAsync(cancellationToken);
        running.Dispose();
    }
}
