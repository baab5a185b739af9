using System.Diagnostics;
using Marketplace.Jobs.Scheduling;
using Marketplace.Shell.Configuration;
using Npgsql;
using Quartz;

namespace Marketplace.Shell.JobHosts;

/// <summary>Writes every job's schedule into the store, starts the scheduler, and stops it when the work under way is done.</summary>
internal sealed class QuartzScheduler(
    [FromKeyedServices(QuartzScheduler.Name)] IScheduler scheduler, JobRun run, NpgsqlDataSource database) : IHostedService
{
    public const string Name = "Marketplace";
    public const string Schema = "quartz";

    private const long SchemaLock = 0x51756172747A; // "Quartz"

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        // Both in one transaction: of two workers that start together, "if not exists" alone would let one fail.
        await using (var command = database.CreateCommand(
            $"select pg_advisory_xact_lock({SchemaLock}); create schema if not exists {Schema}"))
        {
            await command.ExecuteNonQueryAsync(cancellationToken);
        }

        var schedules = run.Jobs.ToDictionary(
            job => JobBuilder.Create<QuartzJob>().WithIdentity(job.Id).Build(),
            job => (IReadOnlyCollection<ITrigger>)[Trigger(job)]);
        await scheduler.ScheduleJobs(schedules, new ScheduleJobOptions { Replace = true }, cancellationToken);
        await scheduler.Start(cancellationToken);
    }

    public async Task StopAsync(CancellationToken cancellationToken) =>
        await scheduler.Shutdown(waitForJobsToComplete: true, cancellationToken);

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
