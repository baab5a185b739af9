using System.Diagnostics;
using Marketplace.Jobs.Scheduling;

namespace Marketplace.Shell.JobHosts;

/// <summary>One wake of one job, the same under every host: a fault is logged and ends neither the process nor the schedule.</summary>
internal sealed partial class JobRun(IEnumerable<IScheduledJob> jobs, TimeProvider clock, ILogger<JobRun> log)
{
    private readonly Dictionary<string, IScheduledJob> jobs = jobs.ToDictionary(job => job.Id, StringComparer.Ordinal);

    public IReadOnlyCollection<IScheduledJob> Jobs => jobs.Values;

    /// <summary>A job that this version does not know is left to the version that does.</summary>
    public async Task Once(string id, CancellationToken cancel)
    {
        if (!jobs.TryGetValue(id, out var job))
        {
            LogUnknown(id);
            return;
        }

        var started = Stopwatch.GetTimestamp();
        try
        {
            await job.RunOnce(clock.GetUtcNow(), cancel);
            LogDone(id, (long)Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            LogStopped(id);
        }
        catch (Exception fault)
        {
            LogFault(fault, id);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Job {Job} failed; it runs again at its next wake")]
    private partial void LogFault(Exception fault, string job);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The scheduler's store has the job {Job}, which this version does not know")]
    private partial void LogUnknown(string job);

    [LoggerMessage(Level = LogLevel.Information, Message = "Job {Job} stopped with the process")]
    private partial void LogStopped(string job);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Job {Job} done in {Milliseconds} ms")]
    private partial void LogDone(string job, long milliseconds);
}
