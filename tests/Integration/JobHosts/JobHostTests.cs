using System.Collections.Concurrent;
using Marketplace.Integration.Postgres;
using Marketplace.Jobs.Scheduling;
using Marketplace.Shell;
using Marketplace.Shell.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Marketplace.Integration.JobHosts;

/// <summary>What every job host has to do with a job, whichever host is compiled in.</summary>
public sealed class JobHostTests : IAsyncLifetime
{
    private TestDatabase _database = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _database = await TestDatabase.Create(Cancel);

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task A_job_is_woken_at_the_start_and_again_with_the_time_of_decisions()
    {
        var job = new Probe("steady");
        await using var worker = await Work(job);

        await Until(() => job.Runs.Count >= 2);

        Assert.All(job.Runs, now => Assert.InRange(TimeProvider.System.GetUtcNow() - now, TimeSpan.Zero, TimeSpan.FromSeconds(30)));
        Assert.All(job.Runs, now => Assert.Equal(0, now.Ticks % TimeSpan.TicksPerMicrosecond));
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
    public async Task However_many_workers_there_are_one_job_runs_once_at_a_time()
    {
        var running = 0;
        var most = 0;
        async Task Count(CancellationToken cancel)
        {
            most = Math.Max(most, Interlocked.Increment(ref running));
            await Task.Delay(1500, cancel);
            Interlocked.Decrement(ref running);
        }

        var first = new Probe("shared") { Work = Count };
        var second = new Probe("shared") { Work = Count };
        await using var one = await Work(first);
        await using var other = await Work(second);

        await Until(() => first.Runs.Count + second.Runs.Count >= 4);

        Assert.Equal(1, most);
    }

    [Fact]
    public async Task When_one_worker_stops_another_goes_on()
    {
        var first = new Probe("shared");
        var second = new Probe("shared");
        var one = await Work(first);
        await using var other = await Work(second);
        await Until(() => first.Runs.Count + second.Runs.Count >= 1);

        await one.DisposeAsync();

        var before = second.Runs.Count;
        await Until(() => second.Runs.Count >= before + 2);
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
            },
        };
        var worker = await Work(job);
        await Until(() => job.Runs.Count == 1);

        await worker.DisposeAsync();

        Assert.True(ended);
    }

    [Fact]
    public async Task The_role_api_runs_no_job()
    {
        var job = new Probe("steady");
        await using var api = await Start(Role.Api, job);
        await using var worker = await Work(new Probe("other"));

        await Task.Delay(1500, Cancel);

        Assert.Empty(job.Runs);
    }

    [Fact]
    public async Task A_schedule_that_is_none_stops_the_start() =>
        await Assert.ThrowsAsync<StartRefusedException>(() => Work(new Probe("odd") { Schedule = new JobSchedule.Cron("every day") }));

    private Task<TestServer> Work(params Probe[] jobs) => Start(Role.Worker, jobs);

    private Task<TestServer> Start(Role role, params Probe[] jobs) => TestServer.Start(
        new TestServerOptions
        {
            Role = role,
            ConnectionString = _database.ConnectionString,
            Adjust = builder =>
            {
                builder.Services.RemoveAll<IScheduledJob>();
                foreach (var job in jobs)
                {
                    builder.Services.AddSingleton<IScheduledJob>(job);
                }
            },
        },
        Cancel);

    private static async Task Until(Func<bool> reached)
    {
        for (var attempt = 0; !reached(); attempt++)
        {
            Assert.True(attempt < 400, "It did not come to it within twenty seconds.");
            await Task.Delay(50, Cancel);
        }
    }

    private sealed class Probe(string id) : IScheduledJob
    {
        public string Id => id;

        public JobSchedule Schedule { get; init; } = JobSchedule.EverySeconds(1);

        public Func<CancellationToken, Task> Work { get; init; } = _ => Task.CompletedTask;

        public ConcurrentQueue<DateTimeOffset> Runs { get; } = new();

        public Task RunOnce(DateTimeOffset now, CancellationToken cancel)
        {
            Runs.Enqueue(now);
            return Work(cancel);
        }
    }
}
