using Quartz;

namespace Marketplace.Shell.JobHosts;

/// <summary>What Quartz runs; its key says which of our jobs it stands for.</summary>
[DisallowConcurrentExecution]
internal sealed class QuartzJob(JobRun run) : IJob
{
    /// <exception cref="OperationCanceledException">A wake that its node could not bring to its end goes to a node that lives on.</exception>
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
    {
        await run.Once(context.JobDetail.Key.Name, cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();
    }
}
