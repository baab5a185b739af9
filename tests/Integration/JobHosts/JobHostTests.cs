using System.Diagnostics;
using Marketplace.Integration.Postgres;
using Marketplace.Jobs.Scheduling;
using Marketplace.Shell;
using Marketplace.Shell.Configuration;
using Marketplace.Shell.JobHosts;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using static Marketplace.Integration.JobHosts.Nodes;

namespace Marketplace.Integration.JobHosts;

/// <summary>What every job host has to do with a job, whichever host is compiled in.</summary>
public sealed class JobHostTests : IAsyncLifetime
{
    private TestDatabase _database = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _database = await TestDatabase.Create(Cancel);

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task A_job_is_woken_at_the_start_and_again_in_its_time_with_the_time_of_decisions()
    {
        var job = new Probe("steady");
        await using var worker = await Work(job);

        await Until(() => job.Runs.Count >= 3);

        Assert.All(job.Runs, now => Assert.InRange(TimeProvider.System.GetUtcNow() - now, TimeSpan.Zero, TimeSpan.FromSeconds(30)));
        Assert.All(job.Runs, now => Assert.Equal(0, now.Ticks % TimeSpan.TicksPerMicrosecond));
        var runs = job.Runs.ToList();
        Assert.InRange(runs[^1] - runs[0], TimeSpan.FromSeconds(0.9), TimeSpan.FromSeconds(15));
    }

    [Fact]
    public async Task A_fault_is_logged_and_ends_neither_the_schedule_nor_another_job()
    {
        var broken = new Probe("broken") { Work = _ => throw new InvalidOperationException("broken again") };
        var steady = new Probe("steady");
        await using var worker = await Work(broken, steady);

        await Until(() => broken.Runs.Count >= 2 && steady.Runs.Count >= 2);

        Assert.Contains(worker.Log.Lines, line =>
            line.StartsWith("Error", StringComparison.Ordinal) && line.Contains("Job broken failed", StringComparison.Ordinal)
            && line.Contains("broken again", StringComparison.Ordinal));
    }

    [Fact]
    public async Task However_many_nodes_there_are_one_job_runs_once_at_a_time_and_goes_on_when_one_stops()
    {
        // Longer than two of its intervals, so that whoever does not wait begins it beside.
        var job = new Probe("shared") { Work = cancel => Task.Delay(2500, cancel) };
        var one = await Work(job);
        await using var other = await Work(job);

        await Until(() => job.Runs.Count >= 3);
        await one.DisposeAsync();

        var before = job.Runs.Count;
        await Until(() => job.Runs.Count >= before + 2);
        Assert.Equal(1, job.SideBySide);
    }

    [Fact]
    public async Task A_run_that_is_asked_for_behind_a_long_one_follows_it_once_however_long_that_takes()
    {
        using var gate = new SemaphoreSlim(0);
        var job = new Probe("slow") { Schedule = new JobSchedule.Cron("30 4 * * *"), Work = gate.WaitAsync };
        await using var worker = await Work(job);
        var controls = worker.Services.GetRequiredService<JobControls>();
        await controls.Run("slow", TwoNodes.Ada, "To see it", Cancel);
        await Until(() => job.Runs.Count == 1);

        await controls.Run("slow", TwoNodes.Ada, "And once more", Cancel);
        for (var halfMinute = 0; halfMinute < 3; halfMinute++)
        {
            await Task.Delay(2500, Cancel);
            await _database.Execute("update job_request set woken_at = clock_timestamp() - interval '31 seconds'", Cancel);
        }

        await Task.Delay(2500, Cancel);
        Assert.Single(job.Runs);
        gate.Release(100);
        await Until(() => job.Runs.Count == 2);
        await Task.Delay(2500, Cancel);
        Assert.Equal(2, job.Runs.Count);
        Assert.Equal(1, job.SideBySide);
    }

    [Fact]
    public async Task A_job_that_no_node_has_announced_for_hours_is_woken_no_more_and_one_that_another_version_has_goes_on()
    {
        await using (await Work(new Probe("renamed"), new Probe("steady")))
        {
        }

        await using var worker = await Work(new Probe("steady"));
        var pulse = worker.Services.GetServices<IHostedService>().OfType<NodePulse>().Single();
        await pulse.ForgetOthers(Cancel);
        Assert.Equal<string>(["renamed", "steady"], (await _database.Ask<string[]>(HostUnderTest.RegisteredSql))!);

        await _database.Execute("update job set announced_at = announced_at - interval '4 hours' where job_id = 'renamed'", Cancel);
        await pulse.ForgetOthers(Cancel);
        Assert.Equal<string>(["steady"], (await _database.Ask<string[]>(HostUnderTest.RegisteredSql))!);

        // A node of the version before that comes back has its job again.
        var renamed = new Probe("renamed");
        await using (await Work(renamed, new Probe("steady")))
        {
            await pulse.ForgetOthers(Cancel);
            await Until(() => renamed.Runs.Count >= 2);
        }

        // Each node sees to it by itself.
        await _database.Execute("update job set announced_at = announced_at - interval '4 hours' where job_id = 'renamed'", Cancel);
        await using var newer = await Work(new Probe("steady"));
        await Until(async () => (await _database.Ask<string[]>(HostUnderTest.RegisteredSql))! is ["steady"]);
    }

    [Fact]
    public async Task A_job_under_way_is_told_to_stop_and_is_waited_for()
    {
        var ended = false;
        var job = new Probe("long")
        {
            Work = async cancel =>
            {
                await Task.Delay(Timeout.Infinite, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                await Task.Delay(300, CancellationToken.None);
                ended = true;
                cancel.ThrowIfCancellationRequested();
            },
        };
        var worker = await Work(job);
        await Until(() => job.Runs.Count == 1);

        await worker.DisposeAsync();

        Assert.True(ended);
        Assert.Equal("stopped", await _database.Ask<string>("select outcome from job_run"));
        Assert.True(await _database.Ask<bool>("select stopped_at is not null and running = '{}' from job_node"));
    }

    [Fact]
    public async Task A_job_that_does_not_listen_holds_up_the_stop_no_longer_than_the_process_gives_itself()
    {
        var end = new TaskCompletionSource();
        var job = new Probe("deaf") { Work = _ => end.Task };
        var worker = await _database.Start(Role.Worker, [job], builder => builder.Services.Configure<HostOptions>(
            host => host.ShutdownTimeout = TimeSpan.FromSeconds(2)));
        await Until(() => job.Runs.Count == 1);

        var asked = Stopwatch.GetTimestamp();
        await worker.Services.GetRequiredService<IHost>().StopAsync(Cancel).ContinueWith(_ => { }, TaskScheduler.Default);

        Assert.InRange(Stopwatch.GetElapsedTime(asked), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(8));
        end.SetResult();
        await worker.DisposeAsync();
    }

    [Fact]
    public async Task Nights_that_were_missed_are_made_up_for_in_one_run()
    {
        var job = new Probe("nightly") { Schedule = new JobSchedule.Cron("30 3 * * *") };
        await using (await Work(job))
            Assert.Empty(job.Runs);
        await _database.Execute(HostUnderTest.MissedSql("nightly"), Cancel);

        await using var one = await Work(job);
        await using var other = await Work(job);
        await Until(() => !job.Runs.IsEmpty);
        await Task.Delay(2500, Cancel);

        Assert.Single(job.Runs);
    }

    [Fact]
    public async Task The_role_api_runs_no_job()
    {
        var job = new Probe("steady");
        await using var api = await _database.Start(Role.Api, [job]);
        await using var worker = await Work(new Probe("other"));

        await Task.Delay(1500, Cancel);

        Assert.Empty(job.Runs);
    }

    [Fact]
    public async Task A_schedule_that_is_none_stops_the_start() =>
        await Assert.ThrowsAsync<StartRefusedException>(() => Work(new Probe("odd") { Schedule = new JobSchedule.Cron("every day") }));

    private Task<TestServer> Work(params Probe[] jobs) => _database.Start(Role.Worker, jobs);
}
