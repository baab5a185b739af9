using Marketplace.Jobs.Scheduling;

namespace Marketplace.Jobs.Imports;

/// <summary>Forgets imports that nobody goes on with, and what was typed for them, and attempts to sign in that count no more.</summary>
public sealed class ImportSweep(IImportSessions sessions) : IScheduledJob
{
    public string Id => "import-sweep";

    public string Does => "Forgets imports that nobody goes on with, and what was typed for them.";

    public JobSchedule Schedule => new JobSchedule.Cron("11 * * * *");

    public Task RunOnce(DateTimeOffset now, CancellationToken cancel) =>
        Forgetting.InBatches(max => sessions.Forget(now, max, cancel), cancel);
}

/// <summary>The store of imports under way.</summary>
public interface IImportSessions
{
    /// <summary>Forgets at most <paramref name="max"/> imports that are over, and says how many it was.</summary>
    Task<int> Forget(DateTimeOffset now, int max, CancellationToken cancel);
}
