using Marketplace.Shell.JobHosts;

namespace Marketplace.Shell.OperatorConsole.Overview;

/// <summary>The jobs as far as they need a person: where none is run, nothing else on the overview gets worse, and nothing gets done.</summary>
internal static class OverviewJobs
{
    /// <summary>One run that failed is tried again at the next wake; so many within the hour are more than a hiccup.</summary>
    private const int FailuresMax = 3;

    /// <remarks>Where no worker lives no job is run: that is said once.</remarks>
    public static IReadOnlyDictionary<Trouble, Counted> Troubles(JobsReport report) => new Dictionary<Trouble, Counted>
    {
        [Trouble.NoWorker] = Counted.Of(report.Living == 0 ? 1 : 0),
        [Trouble.IdleJobs] = Count(report, job => report.Living > 0 && job.State is (JobState.Late or JobState.Unserved)),
        [Trouble.FailingJobs] = Count(report, job => job.Failures >= FailuresMax || job.Last is { Runs.Outcome: JobOutcome.Failed or JobOutcome.Lost }),
        [Trouble.PausedJobs] = Count(report, job => job.Pause is not null),
    };

    private static Counted Count(JobsReport report, Func<JobOverview, bool> counts) => Counted.Of(report.Jobs.Count(counts));
}
