using System.Diagnostics;
using Marketplace.Integration.Postgres;
using Marketplace.Shell;
using Marketplace.Shell.JobHosts;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using static Marketplace.Integration.JobHosts.Nodes;

namespace Marketplace.Integration.JobHosts;

/// <summary>Nodes that end, as processes of their own, while they run a job.</summary>
public sealed class JobNodeDeathTests : IAsyncLifetime
{
    private const string Under = "select node from job_node where running ?& array['webhooks', 'webhook-retention', 'session-sweep'] and stopped_at is null";

    private TestDatabase database = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => database = await TestDatabase.Create(Cancel);

    public ValueTask DisposeAsync() => database.DisposeAsync();

    [Fact]
    public async Task A_node_that_is_told_to_end_leaves_its_jobs_and_ends_and_one_that_is_killed_loses_them_to_another()
    {
        // With the tables locked, their jobs come to no end.
        await using var told = await Start();
        await using var locking = await Lock();
        await Until(async () => await database.Ask<string>("select node from job_node where running ? 'webhooks'") is not null);
        var stopping = Stopwatch.GetTimestamp();
        told.Terminate();
        Assert.Equal(0, await told.Ended(Cancel));
        Assert.InRange(Stopwatch.GetElapsedTime(stopping), TimeSpan.Zero, TimeSpan.FromSeconds(30));
        Assert.Equal("stopped", await database.Ask<string>("select outcome from job_run where job_id = 'webhooks' order by started_at desc limit 1"));

        // One job that is woken every second, one whose time of day was missed, and one that a person asks for.
        await database.Execute(HostUnderTest.MissedSql("webhook-retention"), Cancel);
        await using var killed = await Start();
        Assert.Equal(JobAnswer.Done, await new JobControls(database.DataSource).Run("session-sweep", TwoNodes.Ada, "The disk was full", Cancel));
        await Until(async () => await database.Ask<string>(Under) is not null, withinSeconds: 45);
        var dead = await database.Ask<string>(Under);
        await using var living = await TestServer.Start(new TestServerOptions { Role = Role.Worker, ConnectionString = database.ConnectionString }, Cancel);
        var other = living.Services.GetRequiredService<JobNode>().Name;
        var death = await database.Ask<string>("select clock_timestamp()::text");
        killed.Kill();
        await locking.DisposeAsync();

        foreach (var taken in new[] { "job_id = 'webhooks'", "job_id = 'webhook-retention'", "job_id = 'session-sweep' and requested_by = 'operator:ada'" })
        {
            await Until(
                async () => await database.Ask<bool>(
                    $"select exists (select from job_run where {taken} and outcome = 'succeeded' and node = '{other}' and started_at > '{death}')"),
                withinSeconds: 45);
        }

        Assert.Equal("lost operator:ada", await database.Ask<string>($"select concat_ws(' ', outcome, requested_by) from job_run where job_id = 'session-sweep' and node = '{dead}'"));
        await Until(
            async () => await database.Ask<string>($"select outcome from job_run where job_id = 'webhooks' and node = '{dead}'") == "lost", withinSeconds: 45);
        Assert.True(await database.Ask<bool>($"select lost_at is not null from job_node where node = '{dead}'"));
    }

    private async Task<ServerProcess> Start()
    {
        var process = ServerProcess.Start(
            ["--role", "worker", .. new TestServerOptions().Arguments(database.ConnectionString).Select(setting => $"--{setting.Key}={setting.Value}")],
            new Dictionary<string, string>(StringComparer.Ordinal));
        await process.Listening(Cancel);
        return process;
    }

    private async Task<NpgsqlConnection> Lock()
    {
        var connection = await database.DataSource.OpenConnectionAsync(Cancel);
        await using var command = new NpgsqlCommand("begin; lock table webhook, sign_on in access exclusive mode", connection);
        await command.ExecuteNonQueryAsync(Cancel);
        return connection;
    }
}
