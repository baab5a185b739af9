using System.Diagnostics;
using Marketplace.Jobs.Scheduling;
using Npgsql;
using Quartz;

namespace Marketplace.Shell.JobHosts;

/// <summary>Writes every job's schedule into the store, starts the scheduler, and stops it when the work under way is done.</summary>
internal sealed class QuartzScheduler(
    [FromKeyedServices(QuartzScheduler.Name)] ISchedulerFactory factory, JobRun run, NpgsqlDataSource database) : IHostedService
{
    public const string Name = "Marketplace";

    public const string Schema = "quartz";

    private IScheduler? scheduler;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await using (var command = database.CreateCommand($"create schema if not exists {Schema}"))
        {
            await command.ExecuteNonQueryAsync(cancellationToken);
        }

        scheduler = await factory.GetScheduler(cancellationToken);
        var schedules = run.Jobs.ToDictionary(
            job => JobBuilder.Create<QuartzJob>().WithIdentity(job.Id).Build(),
            job => (IReadOnlyCollection<ITrigger>)[Trigger(job)]);
        await scheduler.ScheduleJobs(schedules, new ScheduleJobOptions { Replace = true }, cancellationToken);
        await scheduler.Start(cancellationToken);
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (scheduler is not null)
        {
            await scheduler.Shutdown(waitForJobsToComplete: true, cancellationToken);
        }
    }

    /// <summary>However many wakes were missed, one makes up for them: what is due follows from the data.</summary>
    private static ITrigger Trigger(IScheduledJob job)
    {
        var trigger = TriggerBuilder.Create(TimeProvider.System).WithIdentity(job.Id).StartNow();
        return job.Schedule switch
        {
            JobSchedule.Every every => trigger.WithSchedule(SimpleScheduleBuilder.Create()
                .WithInterval(every.Interval).RepeatForever()
                .WithMisfireInstruction(SimpleTriggerMisfireInstruction.NowWithExistingCount)).Build(),
            JobSchedule.Cron cron => trigger.WithSchedule(CronScheduleBuilder.Create(cron.Expression, CronFormat.Unix)
                .InTimeZone(TimeZoneInfo.Utc)
                .WithMisfireInstruction(CronTriggerMisfireInstruction.FireAndProceed)).Build(),
            _ => throw new UnreachableException(job.Schedule.GetType().Name),
        };
    }
}
