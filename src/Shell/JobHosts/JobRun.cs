using System.Diagnostics;
using Marketplace.Jobs.Scheduling;
using Marketplace.Jobs.Telemetry;
using Npgsql;

namespace Marketplace.Shell.JobHosts;

/// <summary>
/// One wake of one job, the same under every host: a job that is paused is left alone, the run is told in the history, and a fault is
/// logged and ends neither the process nor the schedule.
/// </summary>
internal sealed partial class JobRun(
    IEnumerable<IScheduledJob> jobs, JobNode node, NpgsqlDataSource database, NodeHistory history, TimeProvider clock, ILogger<JobRun> log)
{
    private readonly Dictionary<string, IScheduledJob> jobs = jobs.ToDictionary(job => job.Id, StringComparer.Ordinal);

    public IReadOnlyCollection<IScheduledJob> Jobs => jobs.Values;

    /// <summary>A job that this version does not know is left to the version that does.</summary>
    /// <remarks>One round trip more than the job itself makes: whether it may, and whether somebody has asked for it.</remarks>
    /// <returns>What went wrong, as the history says it; null when nothing did.</returns>
    public async Task<string?> Once(string id, CancellationToken cancel)
    {
        if (!jobs.TryGetValue(id, out var job))
        {
            LogUnknown(id);
            return null;
        }

        try
        {
            if (await JobRunRows.Begin(database, node, id, cancel) is { } begun)
                await Run(job, begun, cancel);
            else
                LogPaused(id);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            LogStopped(id);
        }
        catch (Exception fault)
        {
            LogFault(fault, id);
            return JobError.Of(fault);
        }

        return null;
    }

    private async Task Run(IScheduledJob job, BegunRun begun, CancellationToken cancel)
    {
        history.Begun(job.Id, begun.At);
        var started = Stopwatch.GetTimestamp();
        try
        {
            await job.RunOnce(clock.GetUtcNow(), cancel);
            Tell(JobOutcome.Succeeded);
            LogDone(job.Id, (long)Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            Tell(JobOutcome.Stopped);
            throw;
        }
        catch (Exception fault)
        {
            Tell(JobOutcome.Failed, JobError.Of(fault));
            throw;
        }

        void Tell(JobOutcome outcome, string? error = null)
        {
            var took = Stopwatch.GetElapsedTime(started);
            Measures.JobRan(job.Id, JobOutcomes.WordOf(outcome), took);
            history.Ended(FinishedRuns.One(job.Id, begun.At, took, outcome, error, begun.Request));
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Job {Job} failed; it runs again at its next wake")]
    private partial void LogFault(Exception fault, string job);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The scheduler's store has the job {Job}, which this version does not know")]
    private partial void LogUnknown(string job);

    [LoggerMessage(Level = LogLevel.Information, Message = "Job {Job} stopped with the process")]
    private partial void LogStopped(string job);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Job {Job} is paused")]
    private partial void LogPaused(string job);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Job {Job} done in {Milliseconds} ms")]
    private partial void LogDone(string job, long milliseconds);
}
