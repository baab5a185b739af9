using Npgsql;

namespace Marketplace.Shell.JobHosts;

/// <summary>What is known of the jobs, from the database alone: whoever looks need not run any.</summary>
internal sealed class JobsView(IJobWakes wakes)
{
    /// <summary>A node that is busy, or takes over from one that died, is not late before this.</summary>
    private static readonly TimeSpan LateMax = TimeSpan.FromMinutes(2);

    /// <param name="at">Real time; the database's own when null.</param>
    public async Task<JobsReport> Load(NpgsqlConnection connection, DateTimeOffset? at, CancellationToken cancel)
    {
        var next = (await wakes.Load(connection, cancel)).ToDictionary(wake => wake.Job, StringComparer.Ordinal);
        var (now, nodes) = await JobViewRows.Nodes(connection, at, NodePulse.SilenceMax, cancel);
        var living = nodes.Where(node => node.Lives).ToList();
        var jobs = await JobViewRows.Jobs(connection, cancel);
        return new JobsReport(now, wakes.Host, [.. jobs.Select(WithState)], nodes);

        JobOverview WithState(JobOverview job)
        {
            var seen = job with { UnderWay = UnderWay(job.Id, living), Wake = next.GetValueOrDefault(job.Id) };
            return seen with { State = StateOf(seen, living, now) };
        }
    }

    private static JobUnderWay? UnderWay(string job, IEnumerable<NodeOverview> living) =>
        living.Where(node => node.Running.ContainsKey(job)).Select(node => new JobUnderWay(node.Name, node.Running[job])).FirstOrDefault();

    private static JobState StateOf(JobOverview job, List<NodeOverview> living, DateTimeOffset now) =>
        job.Pause is not null ? JobState.Paused
        : !living.Exists(node => node.Jobs.Contains(job.Id, StringComparer.Ordinal)) ? JobState.Unserved
        : job.UnderWay is not null ? JobState.Running
        : job.Wake?.Next < now - LateMax ? JobState.Late
        : JobState.Waiting;
}
