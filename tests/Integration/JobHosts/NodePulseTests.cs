using System.Text;
using Marketplace.Integration.Postgres;
using Marketplace.Shell;
using Marketplace.Shell.JobHosts;
using Marketplace.Shell.Persistence;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using static Marketplace.Integration.JobHosts.Nodes;

namespace Marketplace.Integration.JobHosts;

/// <summary>A node says that it lives, whatever its jobs do and say.</summary>
public sealed class NodePulseTests
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0xD83D, "Encoder")]
    [InlineData(0, "22021")]
    public async Task Runs_that_cannot_be_written_down_are_given_up_and_the_node_lives_on(int character, string logged)
    {
        await using var database = await TestDatabase.Create(Cancel);
        await using var worker = await database.Start(Role.Worker, [new Probe("steady")]);
        var history = worker.Services.GetRequiredService<NodeHistory>();

        history.Ended(FinishedRuns.One("odd", TimeProvider.System.GetUtcNow(), TimeSpan.FromSeconds(1), JobOutcome.Failed, $"odd: {(char)character}"));
        await Until(() => worker.Log.Lines.Any(line => line.StartsWith("Error", StringComparison.Ordinal) && line.Contains("gives them up", StringComparison.Ordinal)));
        Assert.Contains(worker.Log.Lines, line => line.Contains("gives them up", StringComparison.Ordinal) && line.Contains(logged, StringComparison.Ordinal));

        var silent = await database.Ask<DateTime>("select clock_timestamp()");
        await Until(async () => await database.Ask<DateTime>("select seen_at from job_node") > silent);
        await Until(async () => await database.Ask<bool>("select count(*) > 0 from job_run where job_id = 'steady' and ended_at > (select min(started_at) from job_node) + interval '2 seconds'"));
        Assert.Equal(0L, await database.Ask<long>("select count(*) from job_run where job_id = 'odd'"));
    }

    [Fact]
    public async Task What_somebody_asked_for_and_a_dead_node_lost_is_asked_for_again_unless_it_is_paused_or_asked_for_anew()
    {
        await using var database = await TestDatabase.Create(Cancel);
        await new Migrations(database.DataSource, NullLogger<Migrations>.Instance).Apply(Cancel);
        await database.Execute(
            """
            insert into job_node (node, version, jobs, seen_at, running)
            select 'dead', '1', '{lost,paused,anew}', now() - interval '1 hour', jsonb_object_agg(job_id, now() - interval '2 hours')
            from unnest(array['lost', 'paused', 'anew']) job_id;
            insert into job_request_begun (node, job_id, begun_at, requested_by, reason, requested_at)
            select 'dead', key, value::timestamptz, 'operator:ada', 'The disk was full', now() - interval '3 hours' from job_node, jsonb_each_text(running);
            insert into job_pause (job_id, paused_by, reason, paused_at) values ('paused', 'operator:ada', 'It is being mended', now());
            insert into job_request (job_id, requested_by, reason, requested_at) values ('anew', 'operator:bob', 'It is mended', now());
            """,
            Cancel);
        var writes = new Writes();
        JobRunRows.Lose(writes, TimeSpan.FromMinutes(1));

        await writes.Commit(database.DataSource, Cancel);

        Assert.Equal("anew operator:bob, lost operator:ada", await database.Ask<string>("select string_agg(job_id || ' ' || requested_by, ', ' order by job_id) from job_request"));
        Assert.Equal(
            "anew lost operator:ada, lost lost operator:ada, paused lost operator:ada",
            await database.Ask<string>("select string_agg(concat_ws(' ', job_id, outcome, requested_by), ', ' order by job_id) from job_run"));
        Assert.Equal(0L, await database.Ask<long>("select count(*) from job_request_begun"));
    }

    [Fact]
    public void What_history_says_of_a_fault_can_be_written_down_wherever_it_is_cut()
    {
        for (var letters = 960; letters < 1010; letters++)
            Assert.InRange(Strict.GetByteCount(JobError.Of(new InvalidOperationException(new string('x', letters) + "😀😀 and more of it"))), 900, 1100);

        var odd = JobError.Of(new InvalidOperationException("a \ud83d b \ude00 c \0 d 😀"));
        Assert.Equal("InvalidOperationException: a � b � c � d 😀", odd);
    }
}
