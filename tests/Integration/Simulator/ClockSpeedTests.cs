using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Marketplace.Simulator;

namespace Marketplace.Integration.Simulator;

/// <summary>Time that runs faster than real time, and nobody is outrun.</summary>
public sealed class ClockSpeedTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Time_runs_so_many_times_as_fast_as_real_time_and_never_faster()
    {
        await using var vercel = await SimulatorServer.Start(new SimulatorOptions { Now = Scene.Start }, Cancel);
        using var http = new HttpClient { BaseAddress = vercel.BaseUrl };
        var started = Stopwatch.GetTimestamp();

        var turned = await Turn(http, """{"speed": 1200}""");

        Assert.Equal((1200, false), ((int)turned["speed"]!, (bool)turned["paused"]!));
        await Until(() => vercel.Clock.GetUtcNow() >= Scene.Start.AddHours(1));
        var (passed, took) = (vercel.Clock.GetUtcNow() - Scene.Start, Stopwatch.GetElapsedTime(started));
        Assert.True(passed <= took * 1200, $"{passed} in {took}");
        var reading = await Read(http);
        Assert.Equal(1200, (int)reading["speed"]!);
        Assert.InRange((double)reading["reachedSpeed"]!, 300, 1300);
    }

    [Fact]
    public async Task A_slow_follower_slows_time_down_is_led_through_every_hour_and_the_reading_says_so()
    {
        await using var vercel = await SimulatorServer.Start(new SimulatorOptions { Now = Scene.Start }, Cancel);
        using var http = new HttpClient { BaseAddress = vercel.BaseUrl };
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var told = new List<DateTimeOffset> { await Ask(http, caughtUpTo: null, Cancel) };
        var following = Follow();

        // An hour in a hundredth of a second, for somebody who needs a quarter of a second.
        await Turn(http, """{"speed": 360000}""");
        await Until(() => told.Count > 8);
        var reading = await Read(http);
        await stop.CancelAsync();
        await Ended(following);

        Assert.All(told.Zip(told.Skip(1), (before, after) => after - before), step => Assert.InRange(step, TimeSpan.Zero, TimeSpan.FromHours(1)));
        Assert.Equal(360_000, (int)reading["speed"]!);
        Assert.InRange((double)reading["reachedSpeed"]!, 1, 20_000);
        Assert.Equal("slow", (string?)Assert.Single(reading["followers"]!.AsArray())!["name"]);

        async Task Follow()
        {
            while (true)
            {
                var now = await Ask(http, told[^1], stop.Token);
                if (now > told[^1])
                {
                    await Task.Delay(250, stop.Token);
                    told.Add(now);
                }
            }
        }
    }

    [Fact]
    public async Task A_follower_that_gets_nothing_done_stops_time_until_it_does()
    {
        await using var vercel = await SimulatorServer.Start(
            new SimulatorOptions { Now = Scene.Start, StepTimeout = TimeSpan.FromMilliseconds(300) }, Cancel);
        using var http = new HttpClient { BaseAddress = vercel.BaseUrl };
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var caughtUpTo = await Ask(http, caughtUpTo: null, Cancel);
        var isStuck = true;
        var following = Follow();

        await Turn(http, """{"speed": 36000}""");
        await Task.Delay(1500, Cancel);

        // It stands after the one step that nobody followed, however often it was tried again.
        Assert.InRange(vercel.Clock.GetUtcNow(), Scene.Start, Scene.Start.AddHours(1));
        Volatile.Write(ref isStuck, false);
        await Until(() => vercel.Clock.GetUtcNow() > Scene.Start.AddHours(3));
        await stop.CancelAsync();
        await Ended(following);

        async Task Follow()
        {
            while (true)
            {
                var now = await Ask(http, caughtUpTo, stop.Token);
                await Task.Delay(20, stop.Token);
                caughtUpTo = Volatile.Read(ref isStuck) ? caughtUpTo : now;
            }
        }
    }

    [Fact]
    public async Task A_pause_stands_and_keeps_the_speed_and_a_jump_goes_where_it_should()
    {
        await using var vercel = await SimulatorServer.Start(new SimulatorOptions { Now = Scene.Start, Paused = false, Speed = 3600 }, Cancel);
        using var http = new HttpClient { BaseAddress = vercel.BaseUrl };
        await Until(() => vercel.Clock.GetUtcNow() > Scene.Start);

        var paused = await Turn(http, """{"paused": true}""");
        await Task.Delay(1200, Cancel);
        Assert.Equal((string?)paused["now"], (string?)(await Read(http))["now"]);
        Assert.Equal((3600, 0), ((int)paused["speed"]!, (int)paused["reachedSpeed"]!));

        Assert.Equal("2027-02-01T00:00:00Z", (string?)(await Turn(http, """{"now": "2027-02-01T00:00:00Z"}"""))["now"]);
        await Turn(http, """{"paused": false}""");
        var goesOn = new DateTimeOffset(2027, 2, 1, 0, 0, 0, TimeSpan.Zero);
        await Until(() => vercel.Clock.GetUtcNow() > goesOn);

        await Turn(http, """{"speed": 1}""");
        var real = vercel.Clock.GetUtcNow();
        await Task.Delay(300, Cancel);
        Assert.InRange(vercel.Clock.GetUtcNow() - real, TimeSpan.FromMilliseconds(250), TimeSpan.FromSeconds(10));
        Assert.Equal(1, (int)(await Read(http))["reachedSpeed"]!);
    }

    [Fact]
    public async Task The_speed_is_kept_over_a_restart_and_time_goes_on_where_it_stood()
    {
        var file = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid()}.json");
        try
        {
            var options = new SimulatorOptions { Now = Scene.Start, StateFile = file };
            DateTimeOffset stood;
            await using (var before = await SimulatorServer.Start(options, Cancel))
            {
                using var http = new HttpClient { BaseAddress = before.BaseUrl };
                await Turn(http, """{"speed": 60}""");
                await Until(() => before.Clock.GetUtcNow() > Scene.Start);
                stood = before.Clock.GetUtcNow();
            }

            await Task.Delay(1500, Cancel);
            await using var after = await SimulatorServer.Start(options, Cancel);

            Assert.Equal((60d, false), (after.Clock.Speed, after.Clock.IsPaused));
            Assert.InRange(after.Clock.GetUtcNow(), stood, stood.AddSeconds(75));
            var resumed = after.Clock.GetUtcNow();
            await Until(() => after.Clock.GetUtcNow() > resumed);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Theory]
    [InlineData("""{"speed": 0}""")]
    [InlineData("""{"speed": 0.5}""")]
    [InlineData("""{"speed": 1000001}""")]
    [InlineData("""{"speed": "fast"}""")]
    [InlineData("""{"speed": 60, "advance": "soon"}""")]
    public async Task A_speed_that_makes_no_sense_is_refused_and_changes_nothing(string body)
    {
        await using var vercel = await SimulatorServer.Start(new SimulatorOptions { Now = Scene.Start }, Cancel);
        using var http = new HttpClient { BaseAddress = vercel.BaseUrl };

        Assert.Equal("bad_request", (string?)(await Turn(http, body))["error"]!["code"]);
        Assert.Equal((1d, true, Scene.Start), (vercel.Clock.Speed, vercel.Clock.IsPaused, vercel.Clock.GetUtcNow()));
    }

    private static async Task Until(Func<bool> isSo)
    {
        var started = Stopwatch.GetTimestamp();
        while (!isSo())
        {
            Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(30), "It did not come about within 30 seconds.");
            await Task.Delay(20, Cancel);
        }
    }

    private static async Task Ended(Task canceled) => await canceled.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    private static async Task<JsonNode> Read(HttpClient http) => (await http.GetFromJsonAsync<JsonNode>("/clock", Cancel))!;

    private static async Task<DateTimeOffset> Ask(HttpClient http, DateTimeOffset? caughtUpTo, CancellationToken cancel)
    {
        var query = caughtUpTo is { } time ? $"&caughtUpTo={Uri.EscapeDataString(time.ToString("O"))}" : "";
        return (await http.GetFromJsonAsync<JsonNode>($"/clock?follower=slow{query}", cancel))!["now"]!.GetValue<DateTimeOffset>();
    }

    private static async Task<JsonNode> Turn(HttpClient http, string body)
    {
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        using var response = await http.PostAsync("/clock", content, Cancel);
        return JsonNode.Parse(await response.Content.ReadAsStringAsync(Cancel))!;
    }
}
