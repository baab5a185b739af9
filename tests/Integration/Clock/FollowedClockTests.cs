using System.Collections.Concurrent;
using Marketplace.Shell;
using Marketplace.Shell.Clock;
using Marketplace.Shell.Configuration;
using Marketplace.Simulator;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace Marketplace.Integration.Clock;

/// <summary>Following the virtual clock of the simulator, and that of a plain server.</summary>
public sealed class FollowedClockTests
{
    private static readonly DateTimeOffset Start = new(2027, 1, 31, 23, 0, 0, TimeSpan.Zero);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Real_time_is_cut_to_microseconds()
    {
        await using var server = await TestServer.Start(new TestServerOptions(), Cancel);
        var clock = server.Services.GetRequiredService<TimeProvider>();

        var now = clock.GetUtcNow();

        Assert.Equal(0, now.Ticks % TimeSpan.TicksPerMicrosecond);
        Assert.Equal(TimeSpan.Zero, now.Offset);
        Assert.InRange(TimeProvider.System.GetUtcNow() - now, TimeSpan.Zero, TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task A_step_of_the_clock_is_over_only_when_its_work_is_done_and_timers_stay_real()
    {
        await using var vercel = await SimulatorServer.Start(new SimulatorOptions { Now = Start }, Cancel);
        var work = new Work(TimeSpan.FromMilliseconds(400));
        await using var server = await Follow(new Uri(vercel.BaseUrl, "/clock"), work, Role.All);
        var clock = server.Services.GetRequiredService<TimeProvider>();
        Assert.Equal(Start, clock.GetUtcNow());
        await Until(() => work.Done.Contains(Start));
        var timestamp = clock.GetTimestamp();

        await vercel.Advance(TimeSpan.FromHours(3), Cancel);

        Assert.Equal(Start.AddHours(3), clock.GetUtcNow());
        Assert.Equal([Start, Start.AddHours(1), Start.AddHours(2), Start.AddHours(3)], work.Done);
        // Three times 400 ms, of which a timer may come a little early.
        Assert.InRange(clock.GetElapsedTime(timestamp), TimeSpan.FromSeconds(1.19), TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task Two_processes_both_catch_up_before_the_next_step()
    {
        await using var vercel = await SimulatorServer.Start(new SimulatorOptions { Now = Start }, Cancel);
        var slow = new Work(TimeSpan.FromMilliseconds(300));
        var quick = new Work(TimeSpan.Zero);
        await using var first = await Follow(new Uri(vercel.BaseUrl, "/clock"), slow);
        await using var second = await Follow(new Uri(vercel.BaseUrl, "/clock"), quick);
        await Until(() => slow.Done.Contains(Start) && quick.Done.Contains(Start));

        await vercel.Advance(TimeSpan.FromHours(2), Cancel);

        Assert.Contains(Start.AddHours(2), slow.Done);
        Assert.Contains(Start.AddHours(2), quick.Done);
    }

    [Fact]
    public async Task Work_that_fails_is_done_again_and_the_clock_waits_for_it()
    {
        await using var vercel = await SimulatorServer.Start(new SimulatorOptions { Now = Start }, Cancel);
        var work = new Work(TimeSpan.Zero);
        await using var server = await Follow(new Uri(vercel.BaseUrl, "/clock"), work);
        await Until(() => work.Done.Contains(Start));
        work.FailuresLeft = 2;

        await vercel.Advance(TimeSpan.FromHours(1), Cancel);

        Assert.Equal(0, work.FailuresLeft);
        Assert.Contains(Start.AddHours(1), work.Done);
        Assert.Contains(server.Log.Lines, line => line.Contains("is not worked off", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_plain_server_is_asked_at_least_once_and_at_most_five_times_a_second_also_during_long_work()
    {
        var plain = new PlainClock { Now = Start };
        await using var host = await plain.Serve();
        var work = new Work(TimeSpan.FromSeconds(2));
        await using var server = await Follow(plain.Url(host), work);
        plain.Asks.Clear();

        await Task.Delay(TimeSpan.FromSeconds(3), Cancel);
        plain.Now = Start.AddHours(5);
        await Until(() => work.Done.Contains(Start.AddHours(5)));

        var asks = plain.Asks.Order().ToList();
        var gaps = asks.Zip(asks.Skip(1), (one, next) => next - one).ToList();
        Assert.All(gaps, gap => Assert.InRange(gap, TimeSpan.Zero, TimeSpan.FromSeconds(1)));
        Assert.InRange(asks.Count / (asks[^1] - asks[0]).TotalSeconds, 1, 7);
    }

    [Fact]
    public async Task A_clock_that_goes_away_leaves_its_last_time_and_is_found_again()
    {
        var plain = new PlainClock { Now = Start };
        await using var host = await plain.Serve();
        var work = new Work(TimeSpan.Zero);
        await using var server = await Follow(plain.Url(host), work);
        plain.IsAway = true;
        await Until(() => server.Log.Lines.Any(line => line.Contains("its last time stands", StringComparison.Ordinal)));
        Assert.Equal(Start, server.Services.GetRequiredService<TimeProvider>().GetUtcNow());

        plain.Now = Start.AddHours(1);
        plain.IsAway = false;

        await Until(() => work.Done.Contains(Start.AddHours(1)));
    }

    [Fact]
    public async Task A_clock_that_never_answers_stops_the_start_and_is_named()
    {
        var refused = await Assert.ThrowsAsync<StartRefusedException>(() => TestServer.Start(
            new TestServerOptions
            {
                Settings = new Dictionary<string, string>(StringComparer.Ordinal) { ["Clock:Url"] = "http://127.0.0.1:9/clock" },
                Adjust = builder => builder.Services.AddSingleton(new FirstAnswer(Within: TimeSpan.FromSeconds(1))),
            },
            Cancel));

        Assert.Contains("http://127.0.0.1:9/clock", refused.Message, StringComparison.Ordinal);
        Assert.Contains("Clock__Url", refused.Message, StringComparison.Ordinal);
    }

    private static Task<TestServer> Follow(Uri clock, ICatchUp work, Role role = Role.Api) => TestServer.Start(
        new TestServerOptions
        {
            Role = role,
            Settings = new Dictionary<string, string>(StringComparer.Ordinal) { ["Clock:Url"] = clock.AbsoluteUri },
            Adjust = builder => builder.Services.RemoveAll<ICatchUp>().AddSingleton(work),
        },
        Cancel);

    private static async Task Until(Func<bool> reached)
    {
        for (var attempt = 0; !reached(); attempt++)
        {
            Assert.True(attempt < 400, "It did not come to it within twenty seconds.");
            await Task.Delay(50, Cancel);
        }
    }

    private sealed class Work(TimeSpan takes) : ICatchUp
    {
        public ConcurrentQueue<DateTimeOffset> Done { get; } = new();

        public int FailuresLeft { get; set; }

        public async Task WorkOff(DateTimeOffset now, CancellationToken cancel)
        {
            await Task.Delay(takes, cancel);
            if (FailuresLeft > 0)
            {
                FailuresLeft--;
                throw new InvalidOperationException("not now");
            }

            Done.Enqueue(now);
        }
    }

    /// <summary>Knows nothing of followers, and answers at once.</summary>
    private sealed class PlainClock
    {
        public DateTimeOffset Now { get; set; }

        public bool IsAway { get; set; }

        public ConcurrentBag<DateTimeOffset> Asks { get; } = [];

        public Uri Url(WebApplication host) => new(host.Urls.First() + "/time");

        public async Task<WebApplication> Serve()
        {
            var builder = WebApplication.CreateSlimBuilder(["--urls=http://127.0.0.1:0"]);
            builder.Logging.ClearProviders();
            var host = builder.Build();
            host.MapGet("/time", () =>
            {
                Asks.Add(TimeProvider.System.GetUtcNow());
                return IsAway ? Results.StatusCode(500) : Results.Json(new { now = Now });
            });
            await host.StartAsync(Cancel);
            return host;
        }
    }
}
