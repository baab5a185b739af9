using Marketplace.Driver.Servers;

namespace Marketplace.Driver.Hourly;

/// <summary>What one hour cost.</summary>
/// <param name="Took">From the first report to the last.</param>
/// <param name="Worker">Processor time; null where the system does not say.</param>
/// <param name="Postgres">The same of PostgreSQL.</param>
/// <param name="Peak">The most memory that the worker ever had, in bytes.</param>
internal sealed record HourlyRun(int Reports, TimeSpan Took, TimeSpan? Worker, TimeSpan? Postgres, long Transactions, long Peak)
{
    /// <summary>In milliseconds, of one report.</summary>
    public double Each(TimeSpan? all) => (all ?? TimeSpan.Zero).TotalMilliseconds / Reports;
}

/// <summary>Processor time and transactions so far.</summary>
internal readonly record struct HourlySpent(TimeSpan? Worker, TimeSpan? Postgres, long Transactions)
{
    public static async Task<HourlySpent> SoFar(HourlyWorker worker, CancellationToken cancel)
    {
        var backend = (int)await worker.Database.Count("select pg_backend_pid()", cancel);
        return new HourlySpent(
            worker.ProcessorTime,
            ProcessStatistics.Parent(backend) is { } postmaster ? ProcessStatistics.ProcessorTimeOfFamily(postmaster) : null,
            await worker.Database.Transactions(cancel));
    }
}
