using System.Globalization;
using Marketplace.Shell.JobHosts;

namespace Marketplace.Shell.Doctor;

/// <summary>The jobs: whether a worker lives, when each was woken last, and which should have been since.</summary>
internal sealed class JobsExamination(DoctorDatabase database, TimeProvider clock) : IExamination
{
    private const string StartWorker = "Start one: --role worker, or --role all.";

    public string Subject => "jobs";

    public Task<IReadOnlyList<Finding>> Look(CancellationToken cancel) =>
        database.Look(async connection => Of(await new JobsView(JobHost.Wakes).Load(connection, clock.GetUtcNow(), cancel)), cancel);

    private static IReadOnlyList<Finding> Of(JobsReport report)
    {
        if (report.Nodes.Count == 0 && report.Jobs.Count == 0)
            return [new Finding.Warning("No worker has ever run on this database.", StartWorker)];

        var woken = report.Jobs.Max(job => job.Wake?.Last);
        var findings = new List<Finding>();
        if (report.Living == 0)
            findings.Add(new Finding.Warning($"No worker runs{(woken is { } last ? $"; the last job was woken at {Time(last)}" : "")}.", StartWorker));
        else
            findings.AddRange(report.Jobs.Where(job => job.State == JobState.Late).Select(job => new Finding.Warning(
                $"{job.Id} should have been woken at {Time(job.Wake!.Next!.Value)}; it was last {(job.Wake.Last is { } at ? $"at {Time(at)}" : "never")}.",
                "Look into the worker's log; more workers share the work.")));
        findings.AddRange(report.Jobs.Where(job => job.Pause is not null).Select(job => new Finding.Warning(
            $"{job.Id} is paused since {Time(job.Pause!.At)} by {job.Pause.By}: {job.Pause.Reason}",
            $"Resume it when the reason is gone: jobs resume {job.Id}, or on its page of the console.")));
        if (findings.Count == 0)
        {
            findings.Add(new Finding.Ok(
                $"{Counted.Of(report.Living, "worker runs", "workers run")} {Counted.Of(report.Jobs.Count, "job")}"
                + (woken is { } at ? $"; the last was woken at {Time(at)}." : ".")));
        }

        return findings;
    }

    private static string Time(DateTimeOffset moment) => moment.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
