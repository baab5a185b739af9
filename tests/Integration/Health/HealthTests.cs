using System.Net;
using Marketplace.Integration.Postgres;

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
        await Eventually(server, HttpStatusCode.OK, """{"status":"ready","database":"reachable","migrations":"applied"}""");

        line.Cut();
        await Eventually(server, HttpStatusCode.ServiceUnavailable, """{"status":"unready","database":"unreachable","migrations":"unknown"}""");
        Assert.Equal("""{"status":"live"}""", await server.Http.GetStringAsync("/health/live", Cancel));

        line.Mend();
        await Eventually(server, HttpStatusCode.OK, """{"status":"ready","database":"reachable","migrations":"applied"}""");
    }

    [Fact]
    public async Task A_database_at_another_schema_makes_the_server_unready()
    {
        await using var server = await TestServer.Start(new TestServerOptions(), Cancel);

        await server.Database.Execute("delete from schema_migration", Cancel);

        await Eventually(server, HttpStatusCode.ServiceUnavailable, """{"status":"unready","database":"reachable","migrations":"pending"}""");
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
