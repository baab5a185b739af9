using Marketplace.Core.Installations;
using Marketplace.Core.Resources;
using Marketplace.Jobs.Scheduling;
using Microsoft.Extensions.Logging;

namespace Marketplace.Jobs.Resources;

/// <summary>Begins the plans whose time has come: as of that time, whenever this runs.</summary>
public sealed partial class PlanChanges(IPlanSettlement plans, ILogger<PlanChanges> log) : IScheduledJob
{
    private const int ResourcesMax = 100;

    public string Id => "plan-changes";

    public string Does => "Begins the plans whose time has come.";

    public JobSchedule Schedule => JobSchedule.EverySeconds(2);

    public async Task RunOnce(DateTimeOffset now, CancellationToken cancel)
    {
        foreach (var (installation, resource) in await plans.Due(now, ResourcesMax, cancel))
        {
            try
            {
                await plans.Begin(installation, resource, now, cancel);
            }
            catch (Exception fault) when (fault is not OperationCanceledException)
            {
                // One that cannot be begun must not hold up the others.
                Failed(fault, resource.Value, installation.Value);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The next plan of resource {ResourceId} of installation {InstallationId} could not begin; it is tried again")]
    private partial void Failed(Exception fault, string resourceId, string installationId);
}

/// <summary>The store of plans that wait for their time.</summary>
public interface IPlanSettlement
{
    /// <summary>The longest overdue first.</summary>
    Task<IReadOnlyList<(InstallationId Installation, ResourceId Resource)>> Due(DateTimeOffset now, int resourcesMax, CancellationToken cancel);

    /// <summary>Commits the change with all that follows from it. Quiet when somebody else was faster.</summary>
    Task Begin(InstallationId installation, ResourceId resource, DateTimeOffset now, CancellationToken cancel);
}
