using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Marketplace.Integration.UsageEvents;
using Marketplace.Shell.ProviderKeys;

namespace Marketplace.Integration.Crashes;

/// <summary>SIGKILL in the middle of batches of usage events: whoever sends everything again has it counted once. DESIGN §11.</summary>
public sealed class UsageCrashTests
{
    private const int Batches = 60;
    private const int EventsEach = 100;
    private const int Kills = 4;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Whenever_the_server_is_killed_every_event_counts_once_when_all_are_sent_again()
    {
        var seed = Environment.TickCount;
        TestContext.Current.TestOutputHelper!.WriteLine($"seed {seed}");
        var random = new Random(seed);
        await using var server = await RealServer.Start(Acme.Start);
        var installation = await server.Install();
        var bought = await server.Customer.Provision(installation, "acme-keys", "key", "payg", [], Cancel);
        Assert.True(bought.IsSuccess, bought.ToString());
        var resource = JsonNode.Parse(bought.Body)!["id"]!.GetValue<string>();
        var key = ProviderKey.New();
        await ProviderKeyRows.Insert(server.Database.DataSource, "key_crash", "Crash", key, ProviderScopes.UsageWrite, Cancel);
        var batches = Enumerable.Range(0, Batches).Select(batch => ReportedUsage.Batch(
        [
            .. Enumerable.Range(0, EventsEach).Select(number => ReportedUsage.Event(
                resource, "calls", 1, Acme.Start.AddMilliseconds(number), $"{batch}-{number}")),
        ]).ToJsonString()).ToArray();

        for (var kill = 0; kill < Kills; kill++)
        {
            var sending = Task.WhenAll(batches.Chunk(Batches / 4).Select(own => SendAll(server, key, own)));
            await Task.Delay(random.Next(20, 400), Cancel);
            await server.Kill();
            await sending;
            await server.Start();
        }

        foreach (var batch in batches)
            Assert.Equal(EventsEach, await Send(server, key, batch));

        Assert.Equal((long)Batches * EventsEach, await server.Ask("select count(*) from usage_event"));
        Assert.Equal((long)Batches * EventsEach, await server.Ask("select count(*) from usage_event_key"));
        Assert.Equal((decimal)Batches * EventsEach, await server.Ask("select sum(quantity) from usage_hour"));
        Assert.Equal((decimal)Batches * EventsEach, await server.Ask("select sum(events) from usage_hour"));
    }

    /// <summary>As long as there is somebody to send to.</summary>
    private static async Task SendAll(RealServer server, ProviderKey key, string[] batches)
    {
        try
        {
            foreach (var batch in batches)
                await Send(server, key, batch);
        }
        catch (HttpRequestException)
        {
            // Killed, with the answer or before it.
        }
    }

    /// <summary>How many of its events are counted, by this call or an earlier one.</summary>
    private static async Task<int> Send(RealServer server, ProviderKey key, string batch)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(server.Vercel.Provider!, "/provider/v1/usage/events"))
        {
            Content = new StringContent(batch, Encoding.UTF8, "application/json"),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key.Text);
        using var answer = await http.SendAsync(request, Cancel);
        var text = await answer.Content.ReadAsStringAsync(Cancel);
        Assert.True(answer.IsSuccessStatusCode, text);
        var outcome = JsonNode.Parse(text)!;
        return outcome["accepted"]!.GetValue<int>() + outcome["duplicates"]!.GetValue<int>();
    }
}
