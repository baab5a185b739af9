using Marketplace.Integration.Postgres;
using Marketplace.Shell;
using Npgsql;
using static Marketplace.Integration.JobHosts.Nodes;

namespace Marketplace.Integration.JobHosts;

/// <summary>Nodes that end, as processes of their own, while they run a job.</summary>
public sealed class JobNodeDeathTests : IAsyncLifetime
{
    private const string Under = "select node from job_node where running ? 'webhooks' and stopped_at is null";

    private TestDatabase database = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => database = await TestDatabase.Create(Cancel);

    public ValueTask DisposeAsync() => database.DisposeAsync();

    [Fact]
    public async Task A_node_that_is_told_to_end_leaves_its_jobs_and_ends_and_one_that_is_killed_loses_them_to_another()
    {
        // With the table locked, the job comes to no end.
        await using var told = await Start();
        await using var locking = await Lock();
        await Until(async () => await database.Ask<string>(Under) is not null);
        told.Terminate();
        Assert.Equal(0, await told.Ended(Cancel));
        Assert.Equal("stopped", await database.Ask<string>("select outcome from job_run where job_id = 'webhooks' order by started_at desc limit 1"));

        await using var killed = await Start();
        await Until(async () => await database.Ask<string>(Under) is not null);
        var dead = await database.Ask<string>(Under);
        await using var living = await TestServer.Start(new TestServerOptions { Role = Role.Worker, ConnectionString = database.ConnectionString }, Cancel);
        killed.Kill();
        await locking.DisposeAsync();

        await Until(
            async () => await database.Ask<bool>($"select exists (select from job_run where job_id = 'webhooks' and outcome = 'succeeded' and node <> '{dead}')"),
            withinSeconds: 45);
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
        await using var command = new NpgsqlCommand("begin; lock table webhook in access exclusive mode", connection);
        await command.ExecuteNonQueryAsync(Cancel);
        return connection;
    }
}
