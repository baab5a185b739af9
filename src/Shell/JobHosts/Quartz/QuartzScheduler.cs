using System.Diagnostics;
using Marketplace.Jobs.Scheduling;
using Marketplace.Shell.Configuration;
using Npgsql;
using Quartz;

namespace Marketplace.Shell.JobHosts;

/// <summary>Writes every job's schedule into the store, starts the scheduler, and stops it when the work under way is done.</summary>
internal sealed class QuartzScheduler(
    [FromKeyedServices(QuartzScheduler.Name)] IScheduler scheduler, JobRun run, NpgsqlDataSource database) : IHostedService, IJobHost
{
    public const string Name = "Marketplace";
    public const string Schema = "quartz";

    /// <summary>The name of a wake that somebody asked for, in a group of its job: there is one at most, so that none pile up behind a long run.</summary>
    private const string Asked = "asked";

    private const long SchemaLock = 0x51756172747A; // "Quartz"

    private bool isStarted;
    private bool isStopped;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        // Both in one transaction: of two workers that start together, "if not exists" alone would let one fail.
        await using (var command = database.CreateCommand(
            $"select pg_advisory_xact_lock({SchemaLock}); create schema if not exists {Schema}"))
        {
            await command.ExecuteNonQueryAsync(cancellationToken);
        }

        var schedules = new Dictionary<IJobDetail, IReadOnlyCollection<ITrigger>>();
        foreach (var job in run.Jobs)
        {
            var trigger = Trigger(job);
            var detail = JobBuilder.Create<QuartzJob>().WithIdentity(job.Id).RequestRecovery().Build();
            if (await Keeps(trigger, cancellationToken))
                await scheduler.AddJob(detail, AddJobOptions.ReplacingAndStoringNonDurable, cancellationToken);
            else
                schedules.Add(detail, [trigger]);
        }

        await scheduler.ScheduleJobs(schedules, new ScheduleJobOptions { Replace = true }, cancellationToken);
        await scheduler.Start(cancellationToken);
        isStarted = true;
    }

    public bool IsRunning => isStarted && !isStopped;

    public async Task<bool> Wake(string job, CancellationToken cancel)
    {
        var trigger = TriggerBuilder.Create(TimeProvider.System).WithIdentity(Asked, job).ForJob(job).StartNow().Build();
        await scheduler.ScheduleTrigger(trigger, TriggerConflict.Keep, cancel);
        return true;
    }

    public async Task Forget(string job, CancellationToken cancel) => await scheduler.DeleteJob(new JobKey(job), cancel);

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (isStopped)
            return;
        isStopped = true;
        await scheduler.Shutdown(waitForJobsToComplete: true, cancellationToken);
    }

    /// <summary>
    /// Whether the store has the same times of day already: a new trigger would know nothing of the night that was missed while no
    /// node ran. What comes again and again begins anew, at once.
    /// </summary>
    private async Task<bool> Keeps(ITrigger trigger, CancellationToken cancel) =>
        trigger is ICronTrigger wanted
        && await scheduler.GetTrigger(trigger.Key, cancel) is ICronTrigger kept
        && kept.CronExpressionString == wanted.CronExpressionString
        && await scheduler.GetTriggerState(trigger.Key, cancel) is not TriggerState.Error;

    /// <summary>However many wakes were missed, one makes up for them: what is due follows from the data.</summary>
    private static ITrigger Trigger(IScheduledJob job)
    {
        var trigger = TriggerBuilder.Create(TimeProvider.System).WithIdentity(job.Id).StartNow();
        return job.Schedule switch
        {
            JobSchedule.Every every => trigger.WithSchedule(SimpleScheduleBuilder.Create()
                .WithInterval(every.Interval).RepeatForever()
                .WithMisfireInstruction(SimpleTriggerMisfireInstruction.NowWithExistingCount)).Build(),
            JobSchedule.Cron cron when CronExpression.TryParse(cron.Expression, CronFormat.Unix, out var expression) =>
                trigger.WithSchedule(CronScheduleBuilder.Create(expression)
                    .InTimeZone(TimeZoneInfo.Utc)
                    .WithMisfireInstruction(CronTriggerMisfireInstruction.FireAndProceed)).Build(),
            JobSchedule.Cron cron => throw new StartRefusedException(
                $"Marketplace cannot start: the job {job.Id} has the schedule \"{cron.Expression}\", which is no cron expression."),
            _ => throw new UnreachableException(job.Schedule.GetType().Name),
        };
    }
}
