using System.Text;
using Marketplace.Integration.Postgres;
using Marketplace.Shell;
using Marketplace.Shell.JobHosts;
using Microsoft.Extensions.DependencyInjection;
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
    public void What_history_says_of_a_fault_can_be_written_down_wherever_it_is_cut()
    {
        for (var letters = 960; letters < 1010; letters++)
            Assert.InRange(Strict.GetByteCount(JobError.Of(new InvalidOperationException(new string('x', letters) + "😀😀 and more of it"))), 900, 1100);

        var odd = JobError.Of(new InvalidOperationException("a \ud83d b \ude00 c \0 d 😀"));
        Assert.Equal("InvalidOperationException: a � b � c � d 😀", odd);
    }
}
