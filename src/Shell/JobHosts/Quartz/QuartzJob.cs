using Quartz;

namespace Marketplace.Shell.JobHosts;

/// <summary>What Quartz runs; its key says which of our jobs it stands for.</summary>
[DisallowConcurrentExecution]
internal sealed class QuartzJob(JobRun run) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default) =>
        await run.Once(context.JobDetail.Key.Name, cancellationToken);
}
