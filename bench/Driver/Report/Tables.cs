using System.Globalization;
using Marketplace.Driver.Servers;

namespace Marketplace.Driver.Report;

/// <summary>Findings as tables, which are Markdown and readable as they are.</summary>
internal static class Tables
{
    private const double LatencyMaxMilliseconds = 50;
    private const long ResidentMax = 250L * 1024 * 1024;

    /// <summary>A process that is at rest breathes: the collector gives memory back late.</summary>
    private const double GrowthMax = 0.05;

    /// <param name="floor">Which one it was.</param>
    public static string Write(Findings findings, string floor) => string.Join(
        Environment.NewLine,
        [
            .. Speed(findings, floor).Lines(), "",
            .. Cost(findings, floor).Lines(), "",
            .. MemoryOf(findings).Lines(), "",
        ]);

    /// <summary>What was asked for and not reached, in words.</summary>
    public static IEnumerable<string> Missed(Findings findings)
    {
        foreach (var score in findings.Scores)
        {
            if (score.Share < score.Scenario.Target)
                yield return $"{score.Scenario.Name}: {Percent(score.Share)} of the floor, asked {Percent(score.Scenario.Target)}";
            if (Milliseconds(score.Server!, 0.99) >= LatencyMaxMilliseconds)
                yield return $"{score.Scenario.Name}: p99 {Milliseconds(score.Server!, 0.99):0.0} ms, asked less than {LatencyMaxMilliseconds} ms";
        }

        if (findings.AtEnd.Peak >= ResidentMax)
            yield return $"memory: {Megabytes(findings.AtEnd.Peak)}, asked less than {Megabytes(ResidentMax)}";
        if (findings.Soak?.Growth > findings.AtEnd.Resident * GrowthMax)
            yield return $"memory: grew by {Megabytes(findings.Soak.Growth)} under a steady load";
    }

    private static Table Speed(Findings findings, string floor)
    {
        var table = new Table(
            "requests per second", $">{floor}", ">server", ">share", ">asked", ">aim", "", ">p50 ms", ">p99 ms", ">longest ms", ">floor p99 ms");
        foreach (var score in findings.Scores)
        {
            var (least, server, scenario) = (score.Floor!, score.Server!, score.Scenario);
            table.Add(
                scenario.Name, Number(least.PerSecond), Number(server.PerSecond), Percent(score.Share),
                Percent(scenario.Target), Percent(scenario.Aim),
                score.Share >= scenario.Aim ? "yes" : score.Share >= scenario.Target ? "asked" : "no",
                $"{Milliseconds(server, 0.5):0.0}", $"{Milliseconds(server, 0.99):0.0}", $"{server.Latencies.Max.TotalMilliseconds:0}",
                $"{Milliseconds(least, 0.99):0.0}");
        }

        return table;
    }

    private static Table Cost(Findings findings, string floor)
    {
        var table = new Table(
            "µs of processor per request", $">{floor}", ">its PostgreSQL", ">its driver", ">its commits",
            ">server", ">its PostgreSQL", ">its driver", ">its commits");
        foreach (var score in findings.Scores)
            table.Add([score.Scenario.Name, .. Of(score.Floor!), .. Of(score.Server!)]);
        return table;

        static IEnumerable<string> Of(Result result) =>
        [
            PerRequest(result.Spent.Server, result), PerRequest(result.Spent.Postgres, result), PerRequest(result.Spent.Driver, result),
            $"{(double)result.Spent.Transactions / result.Latencies.Count:0.0}",
        ];
    }

    private static Table MemoryOf(Findings findings)
    {
        var table = new Table("the server's resident memory", ">MB");
        table.Add("at the start", Megabytes(findings.AtStart.Resident));
        if (findings.Soak is { } soak)
        {
            var (first, last) = (soak.Resident.Cast<long?>().FirstOrDefault(), soak.Resident.Cast<long?>().LastOrDefault());
            table.Add($"before {findings.Plan.Soak.TotalSeconds:0} s of GET and PATCH in turn, {Number(soak.Result.PerSecond)}/s", Megabytes(first));
            table.Add("after them", Megabytes(last));
            table.Add("from their second quarter to their last (medians)", Megabytes(soak.Growth));
        }

        table.Add("the most it ever was", Megabytes(findings.AtEnd.Peak));
        return table;
    }

    private static string PerRequest(TimeSpan? spent, Result result) =>
        spent is { } time ? $"{time.TotalMicroseconds / result.Latencies.Count:0}" : "–";

    private static double Milliseconds(Result result, double share) => result.Latencies.Percentile(share).TotalMilliseconds;

    private static string Megabytes(long? bytes) => bytes is { } known ? $"{known / 1024.0 / 1024.0:0}" : "–";

    private static string Number(double number) => number.ToString("#,0", CultureInfo.InvariantCulture);

    private static string Percent(double share) => $"{share * 100:0} %";
}
