using System.Globalization;
using Marketplace.Shell.JobHosts;

namespace Marketplace.Shell.Doctor;

/// <summary>The jobs: whether a worker lives, when each was woken last, and which should have been since.</summary>
internal sealed class JobsExamination(DoctorDatabase database, TimeProvider clock) : IExamination
{
    /// <summary>A worker that is busy, or takes over from one that died, is not late before this.</summary>
    private static readonly TimeSpan LateMax = TimeSpan.FromMinutes(2);

    private const string StartWorker = "Start one: --role worker, or --role all.";

    public string Subject => "jobs";

    public Task<IReadOnlyList<Finding>> Look(CancellationToken cancel) =>
        database.Look(async connection => Of(await JobWakes.Load(connection, clock.GetUtcNow(), cancel)), cancel);

    private IReadOnlyList<Finding> Of(JobWakeReport? report)
    {
        if (report is null)
            return [new Finding.Warning("No worker has ever run on this database.", StartWorker)];

        var now = clock.GetUtcNow();
        var findings = new List<Finding>();
        if (report.Workers == 0)
            findings.Add(new Finding.Warning($"No worker runs{(report.Jobs.Max(job => job.Last) is { } last ? $"; the last job was woken at {Time(last)}" : "")}.", StartWorker));
        else
            findings.AddRange(report.Jobs.Where(job => !job.IsPaused && job.Next < now - LateMax).Select(job => new Finding.Warning(
                $"{job.Job} should have been woken at {Time(job.Next!.Value)}; it was last {(job.Last is { } at ? $"at {Time(at)}" : "never")}.",
                "Look into the worker's log; more workers share the work.")));
        findings.AddRange(report.Jobs.Where(job => job.IsPaused).Select(job => new Finding.Warning($"{job.Job} is paused.", "Whoever paused it must resume it.")));
        if (findings.Count == 0)
        {
            findings.Add(new Finding.Ok(
                $"{Counted.Of(report.Workers, "worker runs", "workers run")} {Counted.Of(report.Jobs.Count, "job")}"
                + (report.Jobs.Max(job => job.Last) is { } woken ? $"; the last was woken at {Time(woken)}." : ".")));
        }

        return findings;
    }

    private static string Time(DateTimeOffset moment) => moment.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
