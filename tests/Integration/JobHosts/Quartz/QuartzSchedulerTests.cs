using Marketplace.Integration.Postgres;
using Marketplace.Jobs.Scheduling;
using Marketplace.Shell;
using Marketplace.Shell.JobHosts;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Quartz;

namespace Marketplace.Integration.JobHosts.Quartz;

public sealed class QuartzSchedulerTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_cron_schedule_is_read_in_UTC_with_five_fields()
    {
        await using var worker = await Work(new Nightly());
        var scheduler = Scheduler(worker);

        var trigger = await scheduler.GetTrigger(new TriggerKey("nightly"), Cancel);

        var next = trigger!.GetFireTimeAfter(new DateTimeOffset(2027, 3, 28, 4, 0, 0, TimeSpan.Zero));
        Assert.Equal(new DateTimeOffset(2027, 3, 29, 3, 30, 0, TimeSpan.Zero), next);
    }

    [Fact]
    public async Task The_scheduler_is_clustered_and_keeps_its_tables_in_a_schema_of_its_own()
    {
        await using var worker = await Work(new Nightly());
        var scheduler = Scheduler(worker);

        Assert.True((await scheduler.GetMetadata(Cancel)).JobStoreClustered);
        await using var command = worker.Database.DataSource.CreateCommand(
            "select distinct schemaname from pg_tables where tablename like 'qrtz%'");
        Assert.Equal("quartz", await command.ExecuteScalarAsync(Cancel));
    }

    [Fact]
    public async Task A_time_of_day_that_an_earlier_version_scheduled_is_kept_and_its_runs_are_taken_up_by_other_nodes_too()
    {
        await using var database = await TestDatabase.Create(Cancel);
        var nightly = new Probe("nightly") { Schedule = new JobSchedule.Cron("30 3 * * *") };
        await using (await database.Start(Role.Worker, [nightly]))
            await database.Execute("update quartz.qrtz_job_details set requests_recovery = false; update quartz.qrtz_triggers set description = 'kept'", Cancel);

        await using var worker = await database.Start(Role.Worker, [nightly]);

        Assert.True(await database.Ask<bool>("select requests_recovery from quartz.qrtz_job_details"));
        Assert.Equal("kept", await database.Ask<string>("select description from quartz.qrtz_triggers"));
    }

    private static IScheduler Scheduler(TestServer worker) =>
        worker.Services.GetRequiredKeyedService<IScheduler>(QuartzScheduler.Name);

    private static Task<TestServer> Work(IScheduledJob job) => TestServer.Start(
        new TestServerOptions
        {
            Role = Role.Worker,
            Adjust = builder =>
            {
                builder.Services.RemoveAll<IScheduledJob>();
                builder.Services.AddSingleton(job);
            },
        },
        Cancel);

    private sealed class Nightly : IScheduledJob
    {
        public string Id => "nightly";

        public string Does => "Nothing, every night.";

        public JobSchedule Schedule => new JobSchedule.Cron("30 3 * * *");

        public Task RunOnce(DateTimeOffset now, CancellationToken cancel) => Task.CompletedTask;
    }
}
