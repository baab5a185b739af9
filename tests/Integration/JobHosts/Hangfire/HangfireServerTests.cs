using System.Diagnostics;
using Hangfire;
using Hangfire.Storage;
using Marketplace.Integration.Postgres;
using Marketplace.Jobs.Scheduling;
using Marketplace.Shell;
using Marketplace.Shell.Configuration;
using Marketplace.Shell.JobHosts;
using Microsoft.Extensions.DependencyInjection;
using static Marketplace.Integration.JobHosts.Nodes;

namespace Marketplace.Integration.JobHosts.Hangfire;

/// <summary>What Hangfire's own tables hold, and how they stay small.</summary>
public sealed class HangfireServerTests : IAsyncLifetime
{
    private TestDatabase _database = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _database = await TestDatabase.Create(Cancel);

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task Nodes_that_start_together_have_every_job_in_the_schedule_once()
    {
        await using (await Work(new Probe("often") { Schedule = JobSchedule.EverySeconds(30) }))
        {
        }

        Probe[] jobs = [new("often"), new("nightly") { Schedule = new JobSchedule.Cron("30 3 * * *") }];
        var nodes = await Task.WhenAll(Work(jobs), Work(jobs), Work(jobs));

        var known = Store(nodes[0]).GetConnection().GetRecurringJobs().OrderBy(job => job.Id, StringComparer.Ordinal).ToList();
        Assert.Equal(["nightly", "often"], known.Select(job => job.Id));
        Assert.Equal(["30 3 * * *", "* * * * * *"], known.Select(job => job.Cron));
        Assert.All(known, job => Assert.Equal("UTC", job.TimeZoneId));
        Assert.Equal(new TimeSpan(3, 30, 0), known[0].NextExecution!.Value.TimeOfDay);
        await Until(() => Store(nodes[0]).GetMonitoringApi().Servers().Count == 3);
        foreach (var node in nodes)
            await node.DisposeAsync();

        Assert.Equal(0L, await _database.Ask<long>("select count(*) from hangfire.server"));
    }

    [Fact]
    public async Task Wakes_do_not_pile_up_while_a_run_takes_long_and_nothing_stays_for_ever()
    {
        var end = new TaskCompletionSource();
        var slow = new Probe("slow") { Work = _ => end.Task };
        var broken = new Probe("broken") { Work = _ => throw new InvalidOperationException("The password=hunter2 is wrong.") };
        await using var worker = await Work(slow, broken);
        await Until(async () => slow.Runs.Count == 1 && await Wakes("broken", "Failed") >= 4);

        Assert.Equal(1L, await Wakes("slow", "Processing"));
        Assert.Equal(1L, await _database.Ask<long>("select count(*) from hangfire.job where arguments::text like '%slow%'"));
        end.SetResult();
        await Until(async () => await Wakes("slow", "Succeeded") >= 2);

        // What is over has an end; the failures a little later, for whoever looks for them.
        Assert.Equal(0L, await _database.Ask<long>("select count(*) from hangfire.job where statename in ('Succeeded', 'Failed', 'Deleted') and expireat is null"));
        Assert.True(await _database.Ask<bool>("select max(expireat) < now() + interval '11 minutes' from hangfire.job where statename = 'Succeeded'"));
        Assert.True(await _database.Ask<bool>("select max(expireat) < now() + interval '61 minutes' from hangfire.job where statename = 'Failed'"));
        // Nothing is tried again.
        Assert.Equal(1L, await _database.Ask<long>("select max(tries) from (select count(*) tries from hangfire.state where name = 'Processing' group by jobid) each"));

        var failure = Store(worker).GetMonitoringApi().FailedJobs(0, 1).Single().Value;
        Assert.Contains("The password=… is wrong.", failure.ExceptionMessage, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", failure.ExceptionDetails, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wake_that_is_taken_for_one_of_a_dead_node_begins_no_second_run_beside_the_first()
    {
        var end = new TaskCompletionSource();
        var slow = new Probe("slow") { Work = _ => end.Task };
        await using var one = await Work(slow);
        await Until(() => slow.Runs.Count == 1);
        await using var other = await Work(slow);

        // As if the node had not renewed it for a minute.
        await _database.Execute("update hangfire.jobqueue set fetchedat = now() - interval '1 minute'", Cancel);

        await Until(async () => await Wakes("slow", "Succeeded") >= 1);
        Assert.Single(slow.Runs);
        end.SetResult();
        await Until(() => slow.Runs.Count >= 3);
        Assert.Equal(1, slow.SideBySide);
    }

    [Fact]
    public async Task Beside_its_pool_a_node_holds_no_more_connections_than_doctor_reckons_with()
    {
        await using var worker = await Work(new Probe("steady"));
        var listening = new HashSet<int>();
        for (var look = 0; look < 100; look++)
        {
            listening.UnionWith((await _database.Ask<int[]>(
                "select coalesce(array_agg(pid), '{}') from pg_stat_activity where datname = current_database() and query ilike 'listen %'"))!);
            await Task.Delay(50, Cancel);
        }

        Assert.Equal(JobHost.ConnectionsBesidePool, listening.Count);
    }

    [Fact]
    public async Task A_job_that_somebody_deleted_from_the_schedule_comes_back()
    {
        await using var worker = await Work(new Probe("nightly") { Schedule = new JobSchedule.Cron("30 3 * * *") });
        worker.Services.GetRequiredService<IRecurringJobManager>().RemoveIfExists("nightly");

        worker.Services.GetRequiredService<RecurringJobs>().Announce();

        Assert.Equal("nightly", Assert.Single(Store(worker).GetConnection().GetRecurringJobs()).Id);
    }

    [Fact]
    public async Task A_database_that_is_not_there_stops_the_start_at_once()
    {
        var started = Stopwatch.GetTimestamp();

        await Assert.ThrowsAsync<StartRefusedException>(() => TestServer.Start(
            new TestServerOptions { Role = Role.Worker, ConnectionString = "Host=127.0.0.1;Port=9;Database=none;Username=nobody" }, Cancel));

        Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.Zero, TimeSpan.FromSeconds(10));
    }

    private Task<TestServer> Work(params Probe[] jobs) => _database.Start(Role.Worker, jobs);

    private static JobStorage Store(TestServer worker) => worker.Services.GetRequiredService<JobStorage>();

    private Task<long> Wakes(string job, string state) =>
        _database.Ask<long>($"select count(*) from hangfire.job where statename = '{state}' and arguments::text like '%{job}%'");
}
