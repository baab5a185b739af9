using System.Diagnostics;
using System.Globalization;
using System.Text;
using Marketplace.Driver.Customers;
using Marketplace.Driver.Load;
using Marketplace.Driver.Report;
using Marketplace.Driver.Servers;
using Npgsql;

namespace Marketplace.Driver.Ingestion;

/// <summary>How fast usage events are taken in over HTTP, how fast the same statement is inside the database, and how soon an event is billed.</summary>
internal sealed class IngestionBench(IngestionPlan plan, BenchTarget target, Func<VercelSide, Dictionary<string, string>> settings, TextWriter say)
{
    private const double Asked = 60_000;

    private static readonly TimeSpan FreshMax = TimeSpan.FromSeconds(1);

    private readonly long started = Stopwatch.GetTimestamp();

    /// <exception cref="WrongAnswerException">A server said what it must not say.</exception>
    public async Task<IngestionFindings> Run(string server, CancellationToken cancel)
    {
        await using var vercel = await VercelSide.Start(cancel);
        var customers = Enumerable.Range(0, plan.Installations).Select(_ => new[] { Customer.Mint(vercel.Tokens) }).ToArray();
        Say("starting the server");
        await using var contender = await Contender.Start("ingestion", target.Server, target.Postgres, settings(vercel), target.Purchase, customers, cancel);
        await contender.InstallAll(cancel);
        await contender.Provision(plan.ResourcesEach, cancel);
        var resources = contender.Estates.SelectMany(estate => estate.Resources)
            .Select(holding => (Encoding.UTF8.GetString(holding.Owner.Installation), Encoding.UTF8.GetString(holding.Resource))).ToList();
        var key = BackendKey.New();
        await BackendKey.Allow(contender.Database.Data, key, ["usage:write", "billing:read"], cancel);
        await Task.Delay(TimeSpan.FromSeconds(1), cancel);

        Say("warming up");
        await Load(contender, key, resources, 'w', plan.WarmUp, cancel);
        Say($"batches of {plan.EventsEach} over {plan.Connections} connections for {plan.Measured.TotalSeconds:0} s");
        var known = await contender.Database.Count("select count(*) from usage_event", cancel);
        var (events, batches, elapsed) = await Load(contender, key, resources, 'm', plan.Measured, cancel);
        Must(await contender.Database.Count("select count(*) from usage_event", cancel) == known + events, "every event is kept");
        Must(await contender.Database.Count("select sum(events) from usage_hour", cancel) == known + events, "every event is summed up");

        Say($"{Number(events / elapsed.TotalSeconds)} events per second");
        Say($"{plan.SteadyPerSecond} events per second for {plan.Steady.TotalSeconds:0} s, each batch looked for in the billing preview");
        var fresh = await Steady(contender, key, resources, cancel);
        var memory = contender.Memory;

        Say($"in the preview after {Milliseconds(fresh, 0.99)} ms at p99");
        Say("the same statement inside the database");
        var floor = await IngestionFloor.Measure(
            server, contender.Database, resources, plan.Connections, plan.FloorBatches, plan.EventsEach, cancel);
        return new IngestionFindings(events / elapsed.TotalSeconds, batches, fresh, floor, memory);
    }

    public static string Tables(IngestionFindings found)
    {
        var table = new Table("ingestion of usage events", ">measured", ">asked", "");
        table.Add("events per second over HTTP", Number(found.PerSecond), $">= {Number(Asked)}", found.PerSecond >= Asked ? "yes" : "no");
        table.Add("events per second of the same statement inside the database", Number(found.FloorPerSecond), "–", "");
        table.Add("share of it over HTTP", $"{found.PerSecond / found.FloorPerSecond * 100:0} %", "–", "");
        table.Add("p50 of a batch, ms", Milliseconds(found.Batches, 0.5), "–", "");
        table.Add("p99 of a batch, ms", Milliseconds(found.Batches, 0.99), "–", "");
        table.Add("from sending to the billing preview, p50, ms", Milliseconds(found.Fresh, 0.5), "–", "");
        table.Add(
            "from sending to the billing preview, p99, ms", Milliseconds(found.Fresh, 0.99), $"< {FreshMax.TotalMilliseconds:0}",
            found.Fresh.Percentile(0.99) < FreshMax ? "yes" : "no");
        table.Add("the server's resident memory at most, MB", found.Memory.Peak is { } peak ? $"{peak / 1024.0 / 1024.0:0}" : "–", "–", "");
        return string.Join(Environment.NewLine, table.Lines());
    }

    private async Task<(long Events, Latencies Batches, TimeSpan Elapsed)> Load(
        Contender contender, string key, IReadOnlyList<(string, string)> resources, char mark, TimeSpan time, CancellationToken cancel)
    {
        var began = Stopwatch.GetTimestamp();
        var all = await Task.WhenAll(Enumerable.Range(0, plan.Connections).Select(async number =>
        {
            var (batch, latencies, events) = (Batch(key, $"{mark}{number:D7}", resources), new Latencies(), 0L);
            using var connection = new Connection();
            await connection.Open(contender.BaseUrl, cancel);
            while (Stopwatch.GetElapsedTime(began) < time)
            {
                latencies.Add(await Send(connection, batch, cancel));
                events += batch.Events;
            }

            return (events, latencies);
        }));
        var (elapsed, sum) = (Stopwatch.GetElapsedTime(began), new Latencies());
        foreach (var (_, latencies) in all)
            sum.Add(latencies);
        return (all.Sum(one => one.events), sum, elapsed);
    }

    /// <summary>
    /// Batches at a steady pace, whatever becomes of the ones before. Each has its own connection for as long as it takes, and is done when
    /// the billing preview of its installation shows all that was sent so far.
    /// </summary>
    private async Task<Latencies> Steady(Contender contender, string key, IReadOnlyList<(string Installation, string Resource)> resources, CancellationToken cancel)
    {
        var lanes = resources.GroupBy(one => one.Installation).Select((own, number) => new Lane(
            own.Key, Batch(key, $"s{number:D7}", [.. own]), new SemaphoreSlim(1), new Connection())).ToArray();
        foreach (var lane in lanes)
            await lane.Connection.Open(contender.BaseUrl, cancel);
        var (fresh, gate) = (new Latencies(), new Lock());
        var every = TimeSpan.FromSeconds((double)plan.EventsEach / plan.SteadyPerSecond);
        var (began, turns) = (Stopwatch.GetTimestamp(), new List<Task>());
        for (var turn = 0; Stopwatch.GetElapsedTime(began) < plan.Steady; turn++)
        {
            var lane = lanes[turn % lanes.Length];
            // Measured from the moment at which it was due, so that waiting for a slow one counts.
            var due = began + (long)(every.TotalSeconds * turn * Stopwatch.Frequency);
            if (Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), due) is var wait && wait > TimeSpan.Zero)
                await Task.Delay(wait, cancel);
            turns.Add(Task.Run(
                async () =>
                {
                    await lane.Turn.WaitAsync(cancel);
                    try
                    {
                        var expected = await lane.Seen(key, cancel) + (lane.Batch.Events * 1.25m);
                        var asked = Math.Min(due, Stopwatch.GetTimestamp());
                        await Send(lane.Connection, lane.Batch, cancel);
                        while (await lane.Seen(key, cancel) < expected)
                            await Task.Delay(1, cancel);
                        lock (gate)
                            fresh.Add(Stopwatch.GetElapsedTime(asked));
                    }
                    finally
                    {
                        lane.Turn.Release();
                    }
                },
                cancel));
        }

        await Task.WhenAll(turns);
        foreach (var lane in lanes)
            lane.Connection.Dispose();
        return fresh;
    }

    private UsageBatch Batch(string key, string prefix, IReadOnlyList<(string, string)> resources) =>
        new(key, prefix, resources, plan.EventsEach, TimeProvider.System.GetUtcNow().AddSeconds(-1));

    private static async Task<TimeSpan> Send(Connection connection, UsageBatch batch, CancellationToken cancel)
    {
        var request = batch.Next();
        var asked = Stopwatch.GetTimestamp();
        var length = await connection.Exchange(request, cancel);
        var took = Stopwatch.GetElapsedTime(asked);
        var answer = connection.Last(length);
        answer.MustBe(200, "POST usage/events");
        Must(answer.Body.IndexOf(batch.Expected) > 0, $"all of {batch} are accepted");
        return took;
    }

    private static void Must(bool holds, string what)
    {
        if (!holds)
            throw new WrongAnswerException($"It does not hold that {what}.");
    }

    private static string Number(double number) => number.ToString("#,0", CultureInfo.InvariantCulture);

    private static string Milliseconds(Latencies latencies, double share) =>
        latencies.Percentile(share).TotalMilliseconds.ToString("0.0", CultureInfo.InvariantCulture);

    private void Say(string what) => say.WriteLine($"{Stopwatch.GetElapsedTime(started).TotalSeconds,6:0.0} s  {what}");

    /// <summary>One installation, whose batches go one after the other.</summary>
    private sealed record Lane(string Installation, UsageBatch Batch, SemaphoreSlim Turn, Connection Connection)
    {
        private const int PreviewBytesMax = 60_000;

        /// <summary>What the billing preview shows of all its resources.</summary>
        public async Task<decimal> Seen(string key, CancellationToken cancel)
        {
            var request = Encoding.ASCII.GetBytes(
                $"GET /provider/v1/installations/{Installation}/billing HTTP/1.1\r\nHost: marketplace\r\nAuthorization: Bearer {key}\r\n\r\n");
            var length = await Connection.Exchange(request, cancel);
            var answer = Connection.Last(length);
            Must(answer.Status == 200 && length < PreviewBytesMax, $"the billing preview can be read: {answer.Status}");
            var body = answer.Body;
            var json = body[body.IndexOf((byte)'{')..(body.LastIndexOf((byte)'}') + 1)];
            using var preview = System.Text.Json.JsonDocument.Parse(json.ToArray());
            return preview.RootElement.GetProperty("usage").EnumerateArray()
                .Sum(usage => decimal.Parse(usage.GetProperty("period").GetString()!, CultureInfo.InvariantCulture));
        }
    }
}

/// <summary>How much is sent, and for how long.</summary>
internal sealed record IngestionPlan(
    int Installations, int ResourcesEach, int Connections, int EventsEach, TimeSpan WarmUp, TimeSpan Measured, int SteadyPerSecond,
    TimeSpan Steady, int FloorBatches)
{
    /// <summary>About a minute and a half.</summary>
    public static IngestionPlan Full { get; } = new(
        Installations: 8, ResourcesEach: 8, Connections: 8, EventsEach: 1000, WarmUp: TimeSpan.FromSeconds(12),
        Measured: TimeSpan.FromSeconds(20), SteadyPerSecond: 10_000, Steady: TimeSpan.FromSeconds(20), FloorBatches: 150);

    /// <summary>Half of it.</summary>
    public static IngestionPlan Quick { get; } = Full with
    {
        WarmUp = TimeSpan.FromSeconds(8), Measured = TimeSpan.FromSeconds(10), Steady = TimeSpan.FromSeconds(10), FloorBatches = 80,
    };

    /// <summary>Shows that everything works, and says nothing about speed.</summary>
    public static IngestionPlan Smoke { get; } = new(
        Installations: 2, ResourcesEach: 2, Connections: 2, EventsEach: 50, WarmUp: TimeSpan.FromSeconds(0.3),
        Measured: TimeSpan.FromSeconds(0.5), SteadyPerSecond: 1000, Steady: TimeSpan.FromSeconds(0.5), FloorBatches: 5);
}

/// <summary>What came out.</summary>
internal sealed record IngestionFindings(double PerSecond, Latencies Batches, Latencies Fresh, double FloorPerSecond, Memory Memory);
