using System.Diagnostics;
using System.Net;
using Marketplace.Integration.Crashes;

namespace Marketplace.Integration.Clock;

/// <summary>Our server as a process, which follows a clock that is asked to run faster than it can.</summary>
public sealed class FastTimeTests
{
    private static readonly DateTimeOffset Start = new(2027, 1, 21, 9, 0, 0, TimeSpan.Zero);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Time_at_ten_hours_a_second_never_outruns_the_server_and_no_hour_is_without_its_usage()
    {
        await using var server = await RealServer.Start(Start);
        var installation = await server.Install();
        Assert.True((await server.Provision(installation, "orders", "fast")).IsSuccess);

        server.Vercel.Clock.RunAt(36_000);
        var started = Stopwatch.GetTimestamp();
        while (server.Vercel.Clock.GetUtcNow() < Start.AddHours(12))
        {
            Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromMinutes(1), $"Half a day has not passed within a minute: {server.Vercel.Clock.GetUtcNow()}");
            await Task.Delay(50, Cancel);
        }

        using var http = new HttpClient { BaseAddress = server.Vercel.BaseUrl };
        var page = WebUtility.HtmlDecode(await http.GetStringAsync(new Uri("/time", UriKind.Relative), Cancel));
        server.Vercel.Clock.Pause();

        Assert.Contains("Running × 36,000", page, StringComparison.Ordinal);
        Assert.Contains("has done everything up to", page, StringComparison.Ordinal);
        var told = server.Customer.Installation(installation).Billing.Receipts.Select(receipt => receipt.ReceivedAt).ToHashSet();
        Assert.All(Enumerable.Range(1, 11), hour => Assert.Contains(Start.AddHours(hour), told));
    }
}
