using Hangfire;
using Hangfire.Common;
using Hangfire.Server;
using Marketplace.Jobs.Scheduling;
using Marketplace.Shell.Configuration;

namespace Marketplace.Shell.JobHosts;

/// <summary>Has every job of this version in Hangfire's schedule, once, whichever node says so.</summary>
internal sealed class RecurringJobs(IRecurringJobManager manager, JobRun run) : IBackgroundProcess
{
    /// <summary>
    /// Hangfire gives up a job that it could not wake five times in a row, and whoever looks at its dashboard may delete one: neither
    /// is for ever.
    /// </summary>
    private static readonly TimeSpan Repeat = TimeSpan.FromMinutes(1);

    private static readonly RecurringJobOptions Options = new()
    {
        TimeZone = TimeZoneInfo.Utc,
        // However many wakes were missed, one makes up for them: what is due follows from the data.
        MisfireHandling = MisfireHandlingMode.Relaxed,
    };

    /// <exception cref="StartRefusedException">A job has a schedule that is none.</exception>
    public void Announce()
    {
        foreach (var job in run.Jobs)
        {
            var id = job.Id;
            try
            {
                manager.AddOrUpdate(
                    id, Job.FromExpression<HangfireJob>(hangfire => hangfire.Run(id, CancellationToken.None)), Cadence.Of(id, job.Schedule), Options);
            }
            catch (ArgumentException)
            {
                throw new StartRefusedException(
                    $"Marketplace cannot start: the job {id} has the schedule \"{(job.Schedule as JobSchedule.Cron)?.Expression}\", which is no cron expression.");
            }
        }
    }

    public void Execute(BackgroundProcessContext context)
    {
        context.Wait(Repeat);
        Announce();
    }
}
