using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using Marketplace.Simulator.Api;
using Marketplace.Simulator.Invoices;

namespace Marketplace.Integration.Crashes;

/// <summary>SIGKILL before, while and after a refund is sent: the money goes back, and once. DESIGN §7; contract §D.8.</summary>
public sealed class RefundCrashTests
{
    private const int Installations = 6;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Whenever_the_server_is_killed_a_refund_that_was_asked_for_is_paid_once_and_ends_in_one_state()
    {
        var seed = Environment.TickCount;
        TestContext.Current.TestOutputHelper!.WriteLine($"seed {seed}");
        var random = new Random(seed);
        await using var server = await RealServer.Start(Acme.Start, Repository.File("tests/Integration/crashes.catalog.json"));
        var installations = new List<string>();
        for (var number = 0; number < Installations; number++)
        {
            installations.Add(await server.Install());
            Assert.True((await server.Provision(installations[^1], "db", Guid.NewGuid().ToString())).IsSuccess);
        }

        // On a busy machine a database takes longer than the answer to whoever asked for it.
        await server.CaughtUp();
        // The invoice for signing up leaves after a minute, and is charged within the hour.
        await Pass(server, TimeSpan.FromMinutes(10));
        await Pass(server, TimeSpan.FromHours(2));
        var (code, output, errors) = await server.Run("keys", "create", "--name", "Refunds", "--scope", "billing:write");
        Assert.True(code == 0, errors);
        var key = output.Trim();

        // Of some the answer is lost although Vercel has them; others do not even arrive while the first worker lives.
        foreach (var (installation, number) in installations.Select((installation, number) => (installation, number)))
        {
            if (number % 3 != 0)
            {
                server.Vercel.Disturbances.Plan(
                    HttpMethod.Post, $"/{Invoice(server, installation).Id}/actions",
                    number % 3 == 1 ? new Disturbance { LosesAnswer = true } : new Disturbance { Delay = TimeSpan.FromSeconds(2) });
            }
        }

        foreach (var installation in installations)
            await Refund(server, key, installation);
        // Once before the worker has woken, or nearly so; and once in the middle of it.
        await server.KillAndStart();
        var (before, more) = (server.Vercel.Calls.Count, random.Next(2 * Installations));
        for (var waited = 0; waited < 1000 && server.Vercel.Calls.Count < before + more; waited++)
            await Task.Delay(2, Cancel);
        await server.KillAndStart();
        await server.CaughtUp();
        await Pass(server, TimeSpan.FromHours(2));
        await Pass(server, TimeSpan.FromHours(7));

        foreach (var installation in installations)
        {
            var invoice = Invoice(server, installation);
            var states = await server.Ask("select string_agg(state, ',') from invoice_refund where installation_id = $1", installation);
            Assert.True(
                (invoice.State, invoice.RefundTotal, states) is (InvoiceState.Refunded, 0.50m, "refunded"),
                $"seed {seed}: {invoice.State}, {invoice.RefundTotal}, {states}");
            Assert.Single(
                server.Vercel.Calls, call => call.Path.EndsWith($"/{invoice.Id}/actions", StringComparison.Ordinal) && call.Status == 204);
        }
    }

    private static async Task Pass(RealServer server, TimeSpan span)
    {
        server.Vercel.Clock.MoveTo(server.Vercel.Clock.GetUtcNow() + span);
        await server.CaughtUp();
        await server.Vercel.Settle(Cancel);
        await server.CaughtUp();
    }

    private static Invoice Invoice(RealServer server, string installation) =>
        Assert.Single(server.Vercel.State.Installations[installation].Invoices);

    private static async Task Refund(RealServer server, string key, string installation)
    {
        using var http = new HttpClient { BaseAddress = server.Vercel.Provider };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        using var answer = await http.PostAsJsonAsync(
            $"/provider/v1/installations/{installation}/invoices/{Invoice(server, installation).ExternalId}/refunds",
            new { amount = "0.50", reason = "Outage" }, Cancel);
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
    }
}
