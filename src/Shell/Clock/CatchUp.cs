using Marketplace.Jobs.Scheduling;
using Npgsql;

namespace Marketplace.Shell.Clock;

/// <summary>Runs every job again and again until nothing is due: what a scheduler does in an hour, at once.</summary>
internal sealed class CatchUp(IEnumerable<IScheduledJob> jobs, NpgsqlDataSource database) : ICatchUp
{
    private static readonly TimeSpan Breath = TimeSpan.FromMilliseconds(20);

    public async Task WorkOff(DateTimeOffset now, CancellationToken cancel)
    {
        while (true)
        {
            foreach (var job in jobs)
                await job.RunOnce(now, cancel);
            if (!await BacklogRows.AnythingDue(database, now, cancel))
                return;
            // What is left is held by another worker, or waits for its next attempt.
            await Task.Delay(Breath, cancel);
        }
    }
}
