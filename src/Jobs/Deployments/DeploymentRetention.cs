using Marketplace.Core.Deployments;
using Marketplace.Jobs.Checks;
using Marketplace.Jobs.Scheduling;

namespace Marketplace.Jobs.Deployments;

/// <summary>Forgets what was done for deployments, once nothing of it is left and nobody tells of it any more.</summary>
public sealed class DeploymentRetention(IDeploymentActions actions, ICheckRuns runs) : IScheduledJob
{
    /// <summary>Vercel repeats a webhook for a day (contract §F): a start that comes later than that would begin anew.</summary>
    public static readonly TimeSpan KeptFor = DeploymentActionTransitions.RecoveryPeriod;

    /// <summary>So few at a time that nobody waits for their locks.</summary>
    private const int BatchSize = 1000;

    public string Id => "deployment-retention";

    public string Does => "Forgets what was done for deployments, once nothing of it is left.";

    public JobSchedule Schedule => new JobSchedule.Cron("53 * * * *");

    public async Task RunOnce(DateTimeOffset now, CancellationToken cancel)
    {
        while (await actions.Forget(now - KeptFor, BatchSize, cancel) == BatchSize)
            cancel.ThrowIfCancellationRequested();
        while (await runs.Forget(now - KeptFor, BatchSize, cancel) == BatchSize)
            cancel.ThrowIfCancellationRequested();
    }
}
