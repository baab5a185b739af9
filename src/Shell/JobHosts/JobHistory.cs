using Marketplace.Jobs.Scheduling;
using Npgsql;

namespace Marketplace.Shell.JobHosts;

/// <summary>The history of the jobs, in PostgreSQL.</summary>
internal sealed class JobHistory(NpgsqlDataSource database) : IJobHistory
{
    public async Task<int> Forget(int max, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return await JobHistoryRows.Forget(connection, max, cancel);
    }
}
