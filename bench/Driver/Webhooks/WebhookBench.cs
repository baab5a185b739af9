using System.Diagnostics;
using System.Globalization;
using System.Text;
using Marketplace.Driver.Customers;
using Marketplace.Driver.Load;
using Marketplace.Driver.Report;
using Marketplace.Driver.Servers;

namespace Marketplace.Driver.Webhooks;

/// <summary>
/// Webhooks at a steady pace: how soon each is stored and acknowledged, while the worker of the same process gives them their effects,
/// and how soon the last of them has it. The floor checks the signature, runs one statement and answers, under the same pace.
/// </summary>
internal sealed class WebhookBench(WebhookPlan plan, BenchTarget target, Func<VercelSide, Dictionary<string, string>> settings, TextWriter say)
{
    private static readonly TimeSpan Asked = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly long started = Stopwatch.GetTimestamp();

    /// <exception cref="WrongAnswerException">A server said what it must not say.</exception>
    public async Task<WebhookFindings> Run(CancellationToken cancel)
    {
        await using var vercel = await VercelSide.Start(cancel);
        var customers = Enumerable.Range(0, plan.Installations).Select(_ => new[] { Customer.Mint(vercel.Tokens) }).ToArray();
        var said = settings(vercel);
        Say("starting the servers");
        await using var floor = await Contender.Start("floor", target.Floor, target.Postgres, said, target.Purchase, customers, cancel);
        await using var server = await Contender.Start("webhooks", target.Server, target.Postgres, said, target.Purchase, customers, cancel);
        await server.InstallAll(cancel);
        await server.Provision(1, cancel);
        var mix = new WebhookMix(said["Vercel__ClientSecret"], [.. server.Estates.SelectMany(estate => estate.Resources)
            .Select(holding => (Encoding.UTF8.GetString(holding.Owner.Installation), Encoding.UTF8.GetString(holding.Resource)))]);

        server.Pause();
        Say("warming up the floor");
        await Pace(floor, mix, 'w', plan.WarmUp, cancel);
        Say($"floor: {plan.PerSecond} per second for {plan.Measured.TotalSeconds:0} s");
        var (ofFloor, _) = await Pace(floor, mix, 'm', plan.Measured, cancel);
        floor.Pause();
        server.Resume();

        Say("warming up the server");
        var (_, warm) = await Pace(server, mix, 'w', plan.WarmUp, cancel);
        await Processed(server, cancel);
        Say($"server: {plan.PerSecond} per second for {plan.Measured.TotalSeconds:0} s");
        var backlog = 0L;
        using var watching = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var watch = Watch(server, waiting => backlog = Math.Max(backlog, waiting), watching.Token);
        var (ofServer, sent) = await Pace(server, mix, 'm', plan.Measured, cancel);
        var over = Stopwatch.GetTimestamp();
        await Processed(server, cancel);
        var drained = Stopwatch.GetElapsedTime(over);
        await watching.CancelAsync();
        await watch;
        await MustHaveKept(server, WebhookMix.Different(warm) + WebhookMix.Different(sent), cancel);

        Say($"{plan.Burst} at once, to see how fast they are worked off");
        var began = Stopwatch.GetTimestamp();
        await server.Database.Execute(
            $"""
            insert into webhook (installation_id, webhook_id, type, body, received_at)
            select installation_id, 'again_' || webhook_id, type, body, received_at from webhook where webhook_id like 'evt_m%' limit {plan.Burst}
            """,
            cancel);
        var burst = await server.Database.Count("select count(*) from webhook where webhook_id like 'again_%'", cancel);
        await Processed(server, cancel);
        return new WebhookFindings(ofFloor, ofServer, sent, backlog, drained, burst / Stopwatch.GetElapsedTime(began).TotalSeconds, server.Memory);
    }

    public static string Tables(WebhookFindings found, WebhookPlan plan)
    {
        var (table, p99) = (new Table($"{plan.PerSecond} webhooks per second", ">server", ">floor", ">asked", ""), found.Server.Percentile(0.99));
        table.Add("stored and acknowledged, p50, ms", Milliseconds(found.Server.Percentile(0.5)), Milliseconds(found.Floor.Percentile(0.5)), "–", "");
        table.Add(
            "stored and acknowledged, p99, ms", Milliseconds(p99), Milliseconds(found.Floor.Percentile(0.99)), $"< {Asked.TotalMilliseconds:0}",
            p99 < Asked ? "yes" : "no");
        table.Add("the slowest, ms", Milliseconds(found.Server.Max), Milliseconds(found.Floor.Max), "–", "");
        table.Add("waiting for their effect at most", Number(found.Backlog), "–", "–", "");
        table.Add("all have it so long after the last, s", found.Drained.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture), "–", "–", "");
        table.Add(
            "effects per second, when many wait", Number(found.ProcessedPerSecond), "–", $">= {plan.PerSecond}",
            found.ProcessedPerSecond >= plan.PerSecond ? "yes" : "no");
        table.Add("the server's resident memory at most, MB", found.Memory.Peak is { } peak ? $"{peak / 1024.0 / 1024.0:0}" : "–", "–", "–", "");
        return string.Join(Environment.NewLine, table.Lines());
    }

    private async Task<(Latencies Latencies, int Sent)> Pace(Contender contender, WebhookMix mix, char mark, TimeSpan time, CancellationToken cancel)
    {
        var latencies = await SteadyPace.Keep(
            contender.BaseUrl, plan.Connections, plan.PerSecond, time, number => mix.Request(mark, number),
            static (_, answer) => answer.MustBe(200, "POST webhook"), cancel);
        return (latencies, (int)latencies.Count);
    }

    private static async Task Processed(Contender server, CancellationToken cancel)
    {
        var since = Stopwatch.GetTimestamp();
        while (await Waiting(server, cancel) > 0)
        {
            if (Stopwatch.GetElapsedTime(since) > Patience)
                throw new WrongAnswerException("Webhooks wait for their effect without end.");
            await Task.Delay(50, cancel);
        }
    }

    private static async Task Watch(Contender server, Action<long> see, CancellationToken cancel)
    {
        while (!cancel.IsCancellationRequested)
        {
            see(await Waiting(server, CancellationToken.None));
            await Task.Delay(500, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static Task<long> Waiting(Contender server, CancellationToken cancel) =>
        server.Database.Count("select count(*) from webhook where state = 'pending'", cancel);

    private static async Task MustHaveKept(Contender server, int different, CancellationToken cancel)
    {
        if (await server.Database.Count("select count(*) from webhook where state = 'processed'", cancel) is var kept && kept != different)
            throw new WrongAnswerException($"Of {different} different webhooks, {kept} were kept and had their effect.");
        if (await server.Database.Count("select count(*) from project_connection", cancel) == 0)
            throw new WrongAnswerException("No webhook about a project had its effect.");
    }

    private static string Number(double number) => number.ToString("#,0", CultureInfo.InvariantCulture);

    private static string Milliseconds(TimeSpan time) => time.TotalMilliseconds.ToString("0.0", CultureInfo.InvariantCulture);

    private void Say(string what) => say.WriteLine($"{Stopwatch.GetElapsedTime(started).TotalSeconds,6:0.0} s  {what}");
}

/// <summary>How many are sent, and for how long.</summary>
internal sealed record WebhookPlan(int Installations, int Connections, int PerSecond, TimeSpan WarmUp, TimeSpan Measured, int Burst)
{
    /// <summary>About a minute and a half.</summary>
    public static WebhookPlan Full { get; } = new(
        Installations: 64, Connections: 64, PerSecond: 500, WarmUp: TimeSpan.FromSeconds(10), Measured: TimeSpan.FromSeconds(25), Burst: 10_000);

    public static WebhookPlan Quick { get; } = Full with
    {
        WarmUp = TimeSpan.FromSeconds(6), Measured = TimeSpan.FromSeconds(10), Burst = 4_000,
    };

    /// <summary>Shows that everything works, and says nothing about speed.</summary>
    public static WebhookPlan Smoke { get; } = new(
        Installations: 4, Connections: 4, PerSecond: 200, WarmUp: TimeSpan.FromSeconds(0.2), Measured: TimeSpan.FromSeconds(1), Burst: 50);
}

/// <summary>What came out.</summary>
/// <param name="Backlog">How many waited for their effect at most, while others came.</param>
/// <param name="Drained">How long after the last all had theirs.</param>
internal sealed record WebhookFindings(
    Latencies Floor, Latencies Server, int Sent, long Backlog, TimeSpan Drained, double ProcessedPerSecond, Memory Memory);
