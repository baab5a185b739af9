using Marketplace.Jobs.Scheduling;
using Marketplace.Shell.JobHosts;
using Microsoft.Extensions.DependencyInjection;
using static Marketplace.Integration.JobHosts.Nodes;

namespace Marketplace.Integration.JobHosts;

/// <summary>What is known of jobs, and what people do to them, from a server that runs none: the same under every host.</summary>
public sealed class JobControlTests(TwoNodes nodes) : IClassFixture<TwoNodes>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_job_is_registered_once_however_many_nodes_start_together_and_all_is_known_of_it()
    {
        var registered = (await nodes.Database.Ask<string[]>(HostUnderTest.RegisteredSql))!;
        Assert.Equal<string>(["broken", "nightly", "pausable", "slow", "steady"], registered);

        await Until(() => nodes.Steady.Runs.Count >= 1);
        var report = await nodes.Look();
        Assert.Equal(registered, report.Jobs.Select(job => job.Id));
        Assert.Equal(JobHost.Wakes.Host, report.Host);
        Assert.Equal(2, report.Living);
        Assert.All(report.Nodes, node => Assert.Equal(registered, node.Jobs.Order(StringComparer.Ordinal)));
        var nightly = report.Jobs[1];
        Assert.Equal("Counts the runs of nightly.", nightly.Does);
        Assert.Equal(new JobSchedule.Cron("30 3 * * *"), nightly.Schedule);
        Assert.Equal(new TimeSpan(3, 30, 0), nightly.Wake!.Next!.Value.UtcDateTime.TimeOfDay);
        Assert.InRange(nightly.Wake.Next.Value, report.At, report.At.AddDays(1));
        Assert.Equal(JobSchedule.EverySeconds(1), report.Jobs[4].Schedule);
        Assert.InRange((await nodes.Look(nodes.Steady)).Wake!.Next!.Value, report.At.AddSeconds(-5), report.At.AddSeconds(20));
    }

    [Fact]
    public async Task Whoever_runs_no_job_can_have_one_run_now_and_it_is_written_down_who_and_why()
    {
        var runs = nodes.Nightly.Runs.Count;

        Assert.Equal(JobAnswer.Done, await nodes.Controls.Run("nightly", TwoNodes.Ada, "The night was bad", Cancel));
        Assert.Equal(JobAnswer.Unknown, await nodes.Controls.Run("no-such-job", TwoNodes.Ada, "The night was bad", Cancel));
        await Until(() => nodes.Nightly.Runs.Count == runs + 1);
        await Until(async () => (await nodes.Look(nodes.Nightly)).Last is not null);

        var job = await nodes.Look(nodes.Nightly);
        Assert.Null(job.Asked);
        Assert.Equal(new RunRequest("operator:ada", "The night was bad"), job.Last!.Runs.Request);
        Assert.Equal(JobOutcome.Succeeded, job.Last.Runs.Outcome);
        Assert.Contains(job.Last.Node, (await nodes.Look()).Nodes.Select(node => node.Name));
        Assert.Equal(
            "run operator:ada tests: it must be so",
            await nodes.Database.Ask<string>("select concat_ws(' ', action, actor, cause) from job_action where job_id = 'nightly'"));
        await Task.Delay(2500, Cancel);
        Assert.Equal(runs + 1, nodes.Nightly.Runs.Count);
    }

    [Fact]
    public async Task A_paused_job_is_run_by_no_node_until_it_is_resumed()
    {
        await Until(() => nodes.Pausable.Runs.Count >= 1);

        Assert.Equal(JobAnswer.Done, await nodes.Controls.Pause("pausable", TwoNodes.Ada, "The disk is full", Cancel));
        Assert.Equal(JobAnswer.AsItWas, await nodes.Controls.Pause("pausable", TwoNodes.Ada, "Again", Cancel));
        Assert.Equal(JobAnswer.Paused, await nodes.Controls.Run("pausable", TwoNodes.Ada, "All the same", Cancel));
        await Task.Delay(300, Cancel);
        var runs = nodes.Pausable.Runs.Count;
        await Task.Delay(2500, Cancel);
        Assert.Equal(runs, nodes.Pausable.Runs.Count);
        var paused = await nodes.Look(nodes.Pausable);
        Assert.Equal(JobState.Paused, paused.State);
        Assert.Equal(("operator:ada", "The disk is full"), (paused.Pause!.By, paused.Pause.Reason));

        Assert.Equal(JobAnswer.Done, await nodes.Controls.Resume("pausable", TwoNodes.Ada, Cancel));
        Assert.Equal(JobAnswer.AsItWas, await nodes.Controls.Resume("pausable", TwoNodes.Ada, Cancel));
        await Until(() => nodes.Pausable.Runs.Count > runs);
    }

    [Fact]
    public async Task A_person_at_the_machine_sees_the_jobs_and_pauses_and_resumes_one()
    {
        var (code, output, errors) = await Type("jobs", "pause", "slow", "--reason", "The disk is full");
        Assert.True(code == 0, errors);
        Assert.Contains("slow is begun by no node any more", output, StringComparison.Ordinal);
        Assert.Equal((2, "slow is paused: resume it first."), await Refused("jobs", "run", "slow", "--reason", "All the same"));
        Assert.Equal((2, "There is no job fast. See: jobs list."), await Refused("jobs", "pause", "fast", "--reason", "Too fast"));

        (code, output, errors) = await Type("jobs", "list");
        Assert.Equal((0, "2 nodes run them."), (code, errors));
        Assert.Contains("nightly  waiting", output, StringComparison.Ordinal);
        Assert.Matches("slow  paused[^\n]*\n  paused by operator:[^\n]* The disk is full", output);
        var listed = System.Text.Json.Nodes.JsonNode.Parse((await Type("jobs", "list", "--json")).Output)!;
        Assert.Equal("The disk is full", (string?)listed["jobs"]!.AsArray().Single(job => (string?)job!["id"] == "slow")!["paused"]!["reason"]);

        Assert.Equal(0, (await Type("jobs", "resume", "slow", "--reason", "There is room")).Code);
        Assert.Null((await nodes.Look(nodes.Slow)).Pause);

        async Task<(int, string)> Refused(params string[] words)
        {
            var (refused, _, why) = await Type(words);
            return (refused, why);
        }

        async Task<(int Code, string Output, string Errors)> Type(params string[] words)
        {
            await using var process = ServerProcess.Start(
                words, new Dictionary<string, string>(StringComparer.Ordinal) { ["ConnectionStrings__Marketplace"] = nodes.Database.ConnectionString });
            var ended = await process.Ended(Cancel);
            return (ended, process.Output.Trim(), process.Errors.Trim());
        }
    }

    [Fact]
    public async Task A_run_under_way_is_seen_and_one_that_was_asked_for_meanwhile_follows_it()
    {
        await nodes.Controls.Run("slow", TwoNodes.Ada, "To see it", Cancel);
        await Until(async () => (await nodes.Look(nodes.Slow)).State == JobState.Running);
        Assert.Equal(JobAnswer.Done, await nodes.Controls.Run("slow", TwoNodes.Ada, "And once more", Cancel));
        Assert.Equal(JobAnswer.AsItWas, await nodes.Controls.Run("slow", TwoNodes.Ada, "And twice", Cancel));
        Assert.Equal("And once more", (await nodes.Look(nodes.Slow)).Asked?.Reason);

        nodes.Gate.Release(2);

        await Until(async () => (await nodes.Look(nodes.Slow)) is { State: JobState.Waiting, Last.Runs.Request.Reason: "And once more" });
        Assert.Equal(2, nodes.Slow.Runs.Count);
        Assert.Equal(1, nodes.Slow.SideBySide);
    }

    [Fact]
    public async Task Runs_of_one_minute_share_a_row_and_what_went_wrong_is_told_without_its_secrets()
    {
        await Until(() => nodes.Steady.Runs.Count >= 6 && nodes.Broken.Runs.Count >= 3);
        var before = nodes.Steady.Runs.Count;
        await Until(async () => await nodes.Database.Ask<long>("select coalesce(sum(runs), 0) from job_run where job_id = 'steady'") >= before);

        // Of each node a row for each minute, and a test takes no more than two or three of them.
        Assert.InRange(await nodes.Database.Ask<long>("select count(*) from job_run where job_id = 'steady'"), 1, 2 * 3);
        Assert.Equal("succeeded", await nodes.Database.Ask<string>("select string_agg(distinct outcome, ' ') from job_run where job_id = 'steady'"));
        await Until(async () => (await nodes.Look(nodes.Broken)).Failures >= 3);
        var broken = (await nodes.Look(nodes.Broken)).Last!.Runs;
        Assert.Equal(JobOutcome.Failed, broken.Outcome);
        Assert.Equal("InvalidOperationException: It broke, password=… in hand.", broken.Error);
    }

    [Fact]
    public async Task What_went_well_is_forgotten_after_three_days_but_the_last_runs_of_each_job_and_the_rest_after_thirty()
    {
        await nodes.Database.Execute(
            """
            insert into job_run (job_id, started_at, node, ended_at, outcome, runs, milliseconds, longest_milliseconds)
            select 'old', now() - interval '4 days' - n * interval '1 second', 'a', now(), case when n % 10 = 0 then 'failed' else 'succeeded' end, 1, 5, 5
            from generate_series(1, 1000) n;
            insert into job_run (job_id, started_at, node, ended_at, outcome, runs, milliseconds, longest_milliseconds)
            select 'older', now() - interval '31 days' - n * interval '1 second', 'a', now(), 'failed', 1, 5, 5 from generate_series(1, 3) n;
            insert into job_node (node, version, jobs, seen_at) values ('long-gone', '1', '{}', now() - interval '8 days')
            """,
            Cancel);

        await new JobHistoryRetention(nodes.One.Services.GetRequiredService<IJobHistory>()).RunOnce(DateTimeOffset.UnixEpoch, Cancel);

        // The newest five hundred, and of the other five hundred those fifty that failed.
        Assert.Equal(550L, await nodes.Database.Ask<long>("select count(*) from job_run where job_id = 'old'"));
        Assert.Equal(0L, await nodes.Database.Ask<long>("select count(*) from job_run where job_id = 'older'"));
        Assert.Equal(0L, await nodes.Database.Ask<long>("select count(*) from job_node where node = 'long-gone'"));
    }
}
