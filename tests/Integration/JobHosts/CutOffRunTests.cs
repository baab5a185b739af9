using Marketplace.Integration.Postgres;
using Marketplace.Jobs.Scheduling;
using Marketplace.Shell;
using Marketplace.Shell.JobHosts;
using Microsoft.Extensions.DependencyInjection;
using static Marketplace.Integration.JobHosts.Nodes;

namespace Marketplace.Integration.JobHosts;

/// <summary>A run that its node could not bring to its end, because it was told to stop: no matter of the host that wakes it.</summary>
public sealed class CutOffRunTests : IAsyncLifetime
{
    private TestDatabase database = null!;
    private int begun;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Once a day, and its first run comes to no end.</summary>
    private Probe Nightly => field ??= new Probe("nightly")
    {
        Schedule = new JobSchedule.Cron("30 3 * * *"),
        Work = cancel => Interlocked.Increment(ref begun) == 1 ? Task.Delay(Timeout.Infinite, cancel) : Task.CompletedTask,
    };

    public async ValueTask InitializeAsync() => database = await TestDatabase.Create(Cancel);

    public ValueTask DisposeAsync() => database.DisposeAsync();

    [Fact]
    public async Task The_run_of_a_time_of_day_is_taken_up_by_another_node_and_not_left_until_tomorrow()
    {
        await using (await Work())
            Assert.Empty(Nightly.Runs);
        await database.Execute(HostUnderTest.MissedSql("nightly"), Cancel);
        var one = await Work();
        await Until(() => Nightly.Runs.Count == 1);
        await using var other = await Work();

        await one.DisposeAsync();

        // A scheduler that has nothing else to wake looks every half a minute.
        await Until(() => Nightly.Runs.Count == 2, withinSeconds: 45);
        await Task.Delay(2500, Cancel);
        Assert.Equal(2, Nightly.Runs.Count);
    }

    [Fact]
    public async Task A_run_that_somebody_asked_for_is_asked_for_until_one_comes_to_its_end()
    {
        var one = await Work();
        await Controls(one).Run("nightly", TwoNodes.Ada, "The night was bad", Cancel);
        await Until(() => Nightly.Runs.Count == 1);
        Assert.Equal(0L, await database.Ask<long>("select count(*) from job_request"));
        await using var other = await Work();

        await one.DisposeAsync();

        await Until(
            async () => await database.Ask<string>(
                "select string_agg(concat_ws(' ', outcome, requested_by, reason), '; ' order by started_at) from job_run where requested_by is not null")
                == "stopped operator:ada The night was bad; succeeded operator:ada The night was bad",
            withinSeconds: 45);
        Assert.Equal(0L, await database.Ask<long>("select (select count(*) from job_request) + (select count(*) from job_request_begun)"));
    }

    [Fact]
    public async Task A_run_that_was_asked_for_and_cut_off_is_not_asked_for_again_where_the_job_is_paused_meanwhile()
    {
        var one = await Work();
        await Controls(one).Run("nightly", TwoNodes.Ada, "The night was bad", Cancel);
        await Until(() => Nightly.Runs.Count == 1);
        await Controls(one).Pause("nightly", TwoNodes.Ada, "The disk is full", Cancel);

        await one.DisposeAsync();

        Assert.Equal("stopped", await database.Ask<string>("select outcome from job_run"));
        Assert.Equal(0L, await database.Ask<long>("select (select count(*) from job_request) + (select count(*) from job_request_begun)"));
    }

    private Task<TestServer> Work() => database.Start(Role.Worker, [Nightly]);

    private static JobControls Controls(TestServer worker) => worker.Services.GetRequiredService<JobControls>();
}
