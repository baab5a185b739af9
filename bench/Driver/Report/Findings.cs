using Marketplace.Driver.Scenarios;
using Marketplace.Driver.Servers;

namespace Marketplace.Driver.Report;

/// <summary>All that a run found out.</summary>
/// <param name="Soak">Null when only some scenarios were asked for.</param>
internal sealed record Findings(
    BenchPlan Plan, IReadOnlyList<Score> Scores, Memory AtStart, Memory AtEnd, Soak? Soak);

/// <summary>One scenario at both servers, all rounds together.</summary>
internal sealed class Score(Scenario scenario)
{
    public Scenario Scenario => scenario;

    public Result? Floor { get; private set; }

    public Result? Server { get; private set; }

    /// <summary>Of the floor's requests per second.</summary>
    public double Share => Server!.PerSecond / Floor!.PerSecond;

    public void Add(bool isFloor, Result result)
    {
        if (isFloor)
            Floor = Floor is { } before ? before + result : result;
        else
            Server = Server is { } before ? before + result : result;
    }
}

/// <summary>The server under steady load.</summary>
/// <param name="Resident">Its memory in bytes, about once a second; empty where the system does not say.</param>
internal sealed record Soak(Result Result, IReadOnlyList<long> Resident)
{
    /// <summary>From the second quarter to the last: by then everything is there that a steady load needs.</summary>
    public long? Growth => Resident.Count < 8 ? null : Median(3) - Median(1);

    private long Median(int quarter) =>
        Resident.Skip(Resident.Count * quarter / 4).Take(Resident.Count / 4).Order().ElementAt(Resident.Count / 8);
}
