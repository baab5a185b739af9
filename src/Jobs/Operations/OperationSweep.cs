using Marketplace.Jobs.Scheduling;

namespace Marketplace.Jobs.Operations;

/// <summary>Finishes what requests left behind: because it took longer than their budget, or because the process died.</summary>
public sealed class OperationSweep(IOperations operations, OperationRunner runner) : IScheduledJob
{
    private const int OperationsMax = 8;

    public string Id => "operations";

    public string Does => "Finishes what requests left behind: because it took longer than their budget, or because the process died.";

    public JobSchedule Schedule => JobSchedule.EverySeconds(2);

    public Task RunOnce(DateTimeOffset now, CancellationToken cancel) =>
        Claims.WorkOff(
            max => operations.Claim(max, OperationRunner.Lease, cancel), OperationsMax,
            operation => runner.Run(operation, ClosedBy.Sweep, cancel), cancel);
}
