using Marketplace.Jobs.Scheduling;

namespace Marketplace.Shell.JobHosts;

internal static class JobsRegistration
{
    /// <summary>For every role: what is known of the jobs, and what people do to them.</summary>
    public static IServiceCollection AddJobsView(this IServiceCollection services) => services
        .AddSingleton(JobHost.Wakes)
        .AddSingleton<JobsView>()
        .AddSingleton<JobControls>();

    /// <summary>For a process that runs jobs: what every host needs. It stands before the host, to begin before it and to end after it.</summary>
    public static IServiceCollection AddJobRuns(this IServiceCollection services) => services
        .AddSingleton(JobNode.Here())
        .AddSingleton<NodeHistory>()
        .AddSingleton<JobRun>()
        .AddHostedService<NodePulse>()
        .AddSingleton<IJobHistory, JobHistory>()
        .AddSingleton<IScheduledJob, JobHistoryRetention>();
}
