using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Marketplace.Simulator;

namespace Marketplace.Integration.Simulator;

public sealed class ClockTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Time_stands_still_until_it_is_advanced_and_never_goes_back()
    {
        await using var vercel = await Start();
        using var http = new HttpClient { BaseAddress = vercel.BaseUrl };

        Assert.Equal("2027-01-21T09:00:00Z", await Now(http));
        Assert.Equal("2027-01-21T12:00:00Z", (string?)(await Turn(http, """{"advance": "03:00:00"}"""))["now"]);
        Assert.Equal("2027-01-23T00:00:00Z", (string?)(await Turn(http, """{"now": "2027-01-23T00:00:00Z"}"""))["now"]);

        // Finer than anything that Vercel prints.
        Assert.Equal("2027-01-23T00:00:00.001Z", (string?)(await Turn(http, """{"advance": "00:00:00.0014321"}"""))["now"]);

        var back = await Turn(http, """{"now": "2027-01-22T00:00:00Z"}""");
        Assert.Contains("not before 2027-01-23T00:00:00.001Z", (string?)back["error"]!["message"], StringComparison.Ordinal);
        Assert.Equal("2027-01-23T00:00:00.001Z", await Now(http));
    }

    [Theory]
    [InlineData("""{}""")]
    [InlineData("""{"advance": "-01:00:00"}""")]
    [InlineData("""{"advance": "soon"}""")]
    [InlineData("""{"now": 5}""")]
    [InlineData("""{"now": "tomorrow"}""")]
    [InlineData("""not json""")]
    public async Task A_turn_that_makes_no_sense_is_refused_and_moves_nothing(string body)
    {
        await using var vercel = await Start();
        using var http = new HttpClient { BaseAddress = vercel.BaseUrl };

        Assert.Equal("bad_request", (string?)(await Turn(http, body))["error"]!["code"]);
        Assert.Equal("2027-01-21T09:00:00Z", await Now(http));
    }

    [Fact]
    public async Task A_follower_is_led_through_every_hour_and_the_clock_waits_for_its_work()
    {
        await using var vercel = await Start();
        using var http = new HttpClient { BaseAddress = vercel.BaseUrl };
        var worked = new List<string>();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var first = await Ask(http, caughtUpTo: null);
        var following = Follow();

        await vercel.Advance(TimeSpan.FromHours(3), Cancel);

        Assert.Equal(["2027-01-21T10:00:00Z", "2027-01-21T11:00:00Z", "2027-01-21T12:00:00Z"], worked);
        await stop.CancelAsync();
        await Ended(following);

        async Task Follow()
        {
            var caughtUpTo = first;
            while (true)
            {
                var now = await Ask(http, caughtUpTo, stop.Token);
                if (now != caughtUpTo)
                {
                    await Task.Delay(20, stop.Token);
                    worked.Add(now);
                    caughtUpTo = now;
                }
            }
        }
    }

    [Fact]
    public async Task An_unchanged_time_is_held_back_for_just_under_a_second()
    {
        await using var vercel = await Start();
        using var http = new HttpClient { BaseAddress = vercel.BaseUrl };
        var started = Stopwatch.GetTimestamp();

        Assert.Equal("2027-01-21T09:00:00Z", await Ask(http, "2027-01-21T09:00:00Z"));

        Assert.InRange(Stopwatch.GetElapsedTime(started).TotalMilliseconds, 850, 3000);
    }

    [Fact]
    public async Task A_follower_that_asks_without_getting_its_work_done_fails_the_step_by_name()
    {
        await using var vercel = await Start();
        using var http = new HttpClient { BaseAddress = vercel.BaseUrl };
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var stuck = await Ask(http, caughtUpTo: null);
        var asking = AskForever();

        var answer = await Turn(http, """{"advance": "01:00:00"}""");

        Assert.Equal("follower_behind", (string?)answer["error"]!["code"]);
        Assert.Contains("worker-1", (string?)answer["error"]!["message"], StringComparison.Ordinal);
        await stop.CancelAsync();
        await Ended(asking);

        async Task AskForever()
        {
            while (true)
            {
                await Ask(http, stuck, stop.Token);
                await Task.Delay(50, stop.Token);
            }
        }
    }

    [Fact]
    public async Task A_follower_that_fell_silent_is_dropped()
    {
        await using var vercel = await Start(stepTimeout: TimeSpan.FromSeconds(30));
        using var http = new HttpClient { BaseAddress = vercel.BaseUrl };
        await Ask(http, caughtUpTo: null);

        var started = Stopwatch.GetTimestamp();
        await vercel.Advance(TimeSpan.FromHours(2), Cancel);

        Assert.InRange(Stopwatch.GetElapsedTime(started).TotalSeconds, 4, 10);
    }

    [Fact]
    public async Task A_running_clock_goes_on_by_itself_and_can_be_paused()
    {
        await using var vercel = await SimulatorServer.Start(new SimulatorOptions { Now = Scene.Start, Paused = false }, Cancel);
        using var http = new HttpClient { BaseAddress = vercel.BaseUrl };

        await Task.Delay(1100, Cancel);
        Assert.True(vercel.Clock.GetUtcNow() > Scene.Start.AddSeconds(1));

        await Turn(http, """{"paused": true}""");
        var paused = vercel.Clock.GetUtcNow();
        await Task.Delay(50, Cancel);
        Assert.Equal(paused, vercel.Clock.GetUtcNow());
    }

    private static Task<SimulatorServer> Start(TimeSpan? stepTimeout = null) => SimulatorServer.Start(
        new SimulatorOptions { Now = Scene.Start, StepTimeout = stepTimeout ?? TimeSpan.FromSeconds(1) }, Cancel);

    private static async Task Ended(Task canceled) => await canceled.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    private static async Task<string?> Now(HttpClient http) => (string?)(await http.GetFromJsonAsync<JsonObject>("/clock", Cancel))!["now"];

    private static async Task<string> Ask(HttpClient http, string? caughtUpTo, CancellationToken? cancel = null)
    {
        var query = caughtUpTo is null ? "" : $"&caughtUpTo={Uri.EscapeDataString(caughtUpTo)}";
        return (string)(await http.GetFromJsonAsync<JsonObject>($"/clock?follower=worker-1{query}", cancel ?? Cancel))!["now"]!;
    }

    private static async Task<JsonNode> Turn(HttpClient http, string body)
    {
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        using var response = await http.PostAsync("/clock", content, Cancel);
        return JsonNode.Parse(await response.Content.ReadAsStringAsync(Cancel))!;
    }
}
