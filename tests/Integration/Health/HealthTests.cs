using System.Net;
using Marketplace.Integration.Postgres;
using Marketplace.Shell;
using Marketplace.Shell.JobHosts;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Marketplace.Integration.Health;

public sealed class HealthTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_lost_database_makes_the_server_unready_but_not_dead_and_it_recovers()
    {
        await using var database = await TestDatabase.Create(Cancel);
        await using var line = new CuttableLine(database.ConnectionString);
        await using var server = await TestServer.Start(new TestServerOptions { ConnectionString = line.ConnectionString }, Cancel);
        await Eventually(server, HttpStatusCode.OK, """{"status":"degraded","database":"reachable","migrations":"applied","jobs":"nowhere","workers":0}""");

        line.Cut();
        await Eventually(server, HttpStatusCode.ServiceUnavailable, """{"status":"unready","database":"unreachable","migrations":"unknown","jobs":"unknown","workers":0}""");
        Assert.Equal("""{"status":"live"}""", await server.Http.GetStringAsync("/health/live", Cancel));

        line.Mend();
        await Eventually(server, HttpStatusCode.OK, """{"status":"degraded","database":"reachable","migrations":"applied","jobs":"nowhere","workers":0}""");
    }

    [Fact]
    public async Task A_database_at_another_schema_makes_the_server_unready()
    {
        await using var server = await TestServer.Start(new TestServerOptions(), Cancel);

        await server.Database.Execute("delete from schema_migration", Cancel);

        await Eventually(server, HttpStatusCode.ServiceUnavailable, """{"status":"unready","database":"reachable","migrations":"pending","jobs":"unknown","workers":0}""");
    }

    [Fact]
    public async Task A_node_of_the_API_serves_without_a_worker_but_says_that_none_lives_and_a_worker_answers_for_its_own_scheduler()
    {
        await using var database = await TestDatabase.Create(Cancel);
        await using var api = await TestServer.Start(new TestServerOptions { ConnectionString = database.ConnectionString }, Cancel);
        await Eventually(api, HttpStatusCode.OK, """{"status":"degraded","database":"reachable","migrations":"applied","jobs":"nowhere","workers":0}""");

        await using var worker = await TestServer.Start(new TestServerOptions { ConnectionString = database.ConnectionString, Role = Role.Worker }, Cancel);
        await Eventually(worker, HttpStatusCode.OK, """{"status":"ready","database":"reachable","migrations":"applied","jobs":"running","workers":1}""");
        await Eventually(api, HttpStatusCode.OK, """{"status":"ready","database":"reachable","migrations":"applied","jobs":"elsewhere","workers":1}""");

        // What it writes down of itself is lost, like all that a node writes whose database was restored.
        await database.Execute(
            "create function forget() returns trigger language plpgsql as 'begin return null; end'; create trigger forget before insert or update on job_node for each row execute function forget(); delete from job_node",
            Cancel);
        await Eventually(worker, HttpStatusCode.ServiceUnavailable, """{"status":"unready","database":"reachable","migrations":"applied","jobs":"silent","workers":0}""");
        await Eventually(api, HttpStatusCode.OK, """{"status":"degraded","database":"reachable","migrations":"applied","jobs":"nowhere","workers":0}""");

        await ((IHostedService)worker.Services.GetRequiredService<IJobHost>()).StopAsync(Cancel);
        await Eventually(worker, HttpStatusCode.ServiceUnavailable, """{"status":"unready","database":"reachable","migrations":"applied","jobs":"stopped","workers":0}""");
    }

    [Fact]
    public async Task The_command_asks_where_the_server_of_its_configuration_listens_and_ends_by_the_answer()
    {
        await using var server = await TestServer.Start(new TestServerOptions(), Cancel);
        var address = server.Http.BaseAddress!;

        foreach (var settings in (Dictionary<string, string>[])[new() { ["ASPNETCORE_URLS"] = $"http://+:{address.Port};http://+:9" }, new() { ["ASPNETCORE_HTTP_PORTS"] = $"{address.Port}" }])
            Assert.Equal((0, """{"status":"degraded","database":"reachable","migrations":"applied","jobs":"nowhere","workers":0}""", ""), await Ask(settings));

        await server.Database.Execute("delete from schema_migration", Cancel);
        await Eventually(server, HttpStatusCode.ServiceUnavailable, """{"status":"unready","database":"reachable","migrations":"pending","jobs":"unknown","workers":0}""");
        var (code, output, errors) = await Ask([], "--url", address.ToString());
        Assert.Equal((1, ""), (code, output));
        Assert.Contains("answers 503: {", errors, StringComparison.Ordinal);
        Assert.Equal((0, """{"status":"live"}""", ""), await Ask([], "--live", "--urls", $"http://0.0.0.0:{address.Port}"));
        Assert.Matches("^Nothing answers at http://127.0.0.1:9/health/ready: [^\n]+$", (await Ask([], "--url", "http://127.0.0.1:9")).Errors);
        Assert.Contains("is no address", (await Ask([], "--url", "nowhere")).Errors, StringComparison.Ordinal);
    }

    private static async Task<(int Code, string Output, string Errors)> Ask(Dictionary<string, string> settings, params string[] words)
    {
        await using var command = ServerProcess.Start(["health", .. words], settings);
        return (await command.Ended(Cancel), command.Output.Trim(), command.Errors.Trim());
    }

    /// <summary>An answer is good for a second.</summary>
    private static async Task Eventually(TestServer server, HttpStatusCode status, string body)
    {
        for (var attempt = 0; ; attempt++)
        {
            using var answer = await server.Http.GetAsync("/health/ready", Cancel);
            var text = await answer.Content.ReadAsStringAsync(Cancel);
            if (answer.StatusCode == status && text == body)
            {
                return;
            }

            Assert.True(attempt < 100, $"still {answer.StatusCode}: {text}");
            await Task.Delay(50, Cancel);
        }
    }
}
