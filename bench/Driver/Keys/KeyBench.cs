using System.Diagnostics;
using System.Globalization;
using Marketplace.Driver.Customers;
using Marketplace.Driver.Load;
using Marketplace.Driver.Report;
using Marketplace.Driver.Servers;

namespace Marketplace.Driver.Keys;

/// <summary>
/// Keys that are shown at a gateway at a steady pace: how soon it knows whether each is good, and for whom. The floor compares the gateway's own key,
/// hashes the one that is shown, and runs one statement that finds the whole answer.
/// </summary>
internal sealed class KeyBench(KeyPlan plan, BenchTarget target, Func<VercelSide, Dictionary<string, string>> settings, TextWriter say)
{
    private static readonly TimeSpan Asked = TimeSpan.FromMilliseconds(5);

    private readonly long started = Stopwatch.GetTimestamp();

    /// <exception cref="WrongAnswerException">A server said what it must not say.</exception>
    public async Task<KeyFindings> Run(CancellationToken cancel)
    {
        await using var vercel = await VercelSide.Start(cancel);
        var customers = Enumerable.Range(0, plan.Installations).Select(_ => new[] { Customer.Mint(vercel.Tokens) }).ToArray();
        var gateway = BackendKey.New();
        var said = new Dictionary<string, string>(settings(vercel), StringComparer.Ordinal) { ["Gateway__Key"] = gateway };
        Say("starting the servers");
        await using var floor = await Contender.Start("floor", target.Floor, target.Postgres, said, target.Purchase, customers, cancel);
        await using var server = await Contender.Start("keys", target.Server, target.Postgres, said, target.Purchase, customers, cancel);
        await BackendKey.Allow(server.Database.Data, gateway, ["keys:verify"], cancel);
        await server.InstallAll(cancel);
        await server.Provision(plan.ResourcesEach, cancel);
        var keys = new ShownKeys(gateway, [.. server.Estates.SelectMany(estate => estate.Resources)]);
        await keys.HandOut(server, cancel);
        await keys.HandOutAtFloor(floor, cancel);

        server.Pause();
        var ofFloor = await Measure("floor", floor, keys, cancel);
        floor.Pause();
        server.Resume();
        var ofServer = await Measure("server", server, keys, cancel);
        Say("every resource is suspended, and each key is shown once more");
        await MustBeRefusedAtOnce(server, keys, cancel);
        return new KeyFindings(ofFloor, ofServer, server.Memory);
    }

    public static string Tables(KeyFindings found, KeyPlan plan)
    {
        var (table, p99) = (new Table($"{plan.PerSecond} keys per second", ">server", ">floor", ">asked", ""), found.Server.Steady.Percentile(0.99));
        table.Add("known to be good or not, p50, ms", Milliseconds(found.Server.Steady.Percentile(0.5)), Milliseconds(found.Floor.Steady.Percentile(0.5)), "–", "");
        table.Add(
            "known to be good or not, p99, ms", Milliseconds(p99), Milliseconds(found.Floor.Steady.Percentile(0.99)), $"< {Asked.TotalMilliseconds:0}",
            p99 < Asked ? "yes" : "no");
        table.Add("the slowest, ms", Milliseconds(found.Server.Steady.Max), Milliseconds(found.Floor.Steady.Max), "–", "");
        table.Add("keys per second, as many as there can be", Number(found.Server.Most), Number(found.Floor.Most), $">= {plan.PerSecond}", found.Server.Most >= plan.PerSecond ? "yes" : "no");
        table.Add("the server's resident memory at most, MB", found.Memory.Peak is { } peak ? $"{peak / 1024.0 / 1024.0:0}" : "–", "–", "–", "");
        return string.Join(Environment.NewLine, table.Lines());
    }

    private async Task<Verified> Measure(string name, Contender contender, ShownKeys keys, CancellationToken cancel)
    {
        Say($"warming up the {name}");
        await Pace(contender, keys, plan.WarmUp, cancel);
        Say($"{name}: {plan.PerSecond} per second for {plan.Measured.TotalSeconds:0} s");
        var steady = await Pace(contender, keys, plan.Measured, cancel);
        Say($"{name}: as many as there can be for {plan.Most.TotalSeconds:0} s");
        return new Verified(steady, await Most(contender, keys, cancel));
    }

    private Task<Latencies> Pace(Contender contender, ShownKeys keys, TimeSpan time, CancellationToken cancel) => SteadyPace.Keep(
        contender.BaseUrl, plan.Connections, plan.PerSecond, time, number => keys.Question(number),
        (number, answer) => Must(answer, isGood: !ShownKeys.IsWrong(number % keys.Count)), cancel);

    /// <summary>Each connection asks again as soon as it is answered.</summary>
    private async Task<double> Most(Contender contender, ShownKeys keys, CancellationToken cancel)
    {
        var began = Stopwatch.GetTimestamp();
        var counts = await Task.WhenAll(Enumerable.Range(0, plan.Connections).Select(lane => Task.Run(
            async () =>
            {
                using var connection = new Connection();
                await connection.Open(contender.BaseUrl, cancel);
                var asked = 0;
                for (var number = lane; Stopwatch.GetElapsedTime(began) < plan.Most; number += plan.Connections, asked++)
                {
                    var length = await connection.Exchange(keys.Question(number), cancel);
                    Must(connection.Last(length), isGood: !ShownKeys.IsWrong(number % keys.Count));
                }

                return asked;
            },
            cancel)));
        return counts.Sum() / Stopwatch.GetElapsedTime(began).TotalSeconds;
    }

    /// <summary>By the first question after the commit: nothing of what was found before is kept.</summary>
    private static async Task MustBeRefusedAtOnce(Contender server, ShownKeys keys, CancellationToken cancel)
    {
        await server.Database.Execute("""update resource set status = 'suspended', suspensions = '{"provider": "Not today."}'""", cancel);
        using var connection = new Connection();
        await connection.Open(server.BaseUrl, cancel);
        for (var number = 0; number < keys.Count; number++)
        {
            var length = await connection.Exchange(keys.Question(number), cancel);
            Must(connection.Last(length), isGood: false);
        }
    }

    private static void Must(Answer answer, bool isGood)
    {
        answer.MustBe(200, "POST keys/verify");
        var isSaidToBe = answer.Body.IndexOf("\"valid\":true"u8) >= 0 || answer.Body.IndexOf("\"valid\": true"u8) >= 0;
        if (isSaidToBe != isGood)
            throw new WrongAnswerException($"POST keys/verify takes a key for good that is not, or the other way round: {System.Text.Encoding.UTF8.GetString(answer.Body)}");
    }

    private static string Number(double number) => number.ToString("#,0", CultureInfo.InvariantCulture);

    private static string Milliseconds(TimeSpan time) => time.TotalMilliseconds.ToString("0.0", CultureInfo.InvariantCulture);

    private void Say(string what) => say.WriteLine($"{Stopwatch.GetElapsedTime(started).TotalSeconds,6:0.0} s  {what}");
}

/// <summary>How many keys are shown, and for how long.</summary>
/// <param name="Most">For how long as many as there can be.</param>
internal sealed record KeyPlan(
    int Installations, int ResourcesEach, int Connections, int PerSecond, TimeSpan WarmUp, TimeSpan Measured, TimeSpan Most)
{
    /// <summary>About a minute and a half.</summary>
    public static KeyPlan Full { get; } = new(
        Installations: 64, ResourcesEach: 16, Connections: 64, PerSecond: 1000, WarmUp: TimeSpan.FromSeconds(12), Measured: TimeSpan.FromSeconds(25),
        Most: TimeSpan.FromSeconds(4));

    public static KeyPlan Quick { get; } = Full with
    {
        WarmUp = TimeSpan.FromSeconds(8), Measured = TimeSpan.FromSeconds(10), Most = TimeSpan.FromSeconds(2),
    };

    /// <summary>Shows that everything works, and says nothing about speed.</summary>
    public static KeyPlan Smoke { get; } = new(
        Installations: 4, ResourcesEach: 6, Connections: 4, PerSecond: 200, WarmUp: TimeSpan.FromSeconds(0.2), Measured: TimeSpan.FromSeconds(1),
        Most: TimeSpan.FromSeconds(0.2));
}

/// <param name="Steady">At the pace that is asked for.</param>
/// <param name="Most">Per second, where each connection asks again as soon as it is answered.</param>
internal sealed record Verified(Latencies Steady, double Most);

/// <summary>What came out.</summary>
internal sealed record KeyFindings(Verified Floor, Verified Server, Memory Memory);
