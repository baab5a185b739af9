namespace Marketplace.Driver;

/// <summary>How long and how often everything is measured.</summary>
/// <param name="LivesPerSecond">At most; their tokens are signed beforehand.</param>
/// <param name="WarmUp">Of a server as a whole, with everything in turn.</param>
/// <param name="RunUp">Before each measurement.</param>
internal sealed record BenchPlan(
    int Connections, int CustomersPerConnection, int LivesPerSecond, int Rounds, TimeSpan FloorWarmUp, TimeSpan WarmUp, TimeSpan RunUp,
    TimeSpan Measured, TimeSpan Soak)
{
    /// <summary>Under five minutes.</summary>
    public static BenchPlan Full { get; } = new(
        Connections: 64, CustomersPerConnection: 32, LivesPerSecond: 1600, Rounds: 3,
        FloorWarmUp: TimeSpan.FromSeconds(10), WarmUp: TimeSpan.FromSeconds(35), RunUp: TimeSpan.FromSeconds(0.4),
        Measured: TimeSpan.FromSeconds(2.6), Soak: TimeSpan.FromSeconds(60));

    /// <summary>About a minute and a half.</summary>
    public static BenchPlan Quick { get; } = Full with
    {
        Rounds = 1, WarmUp = TimeSpan.FromSeconds(20), FloorWarmUp = TimeSpan.FromSeconds(6),
        Measured = TimeSpan.FromSeconds(1.5), Soak = TimeSpan.FromSeconds(8),
    };

    /// <summary>Shows that everything works, and says nothing about speed.</summary>
    public static BenchPlan Smoke { get; } = new(
        Connections: 4, CustomersPerConnection: 2, LivesPerSecond: 400, Rounds: 1,
        FloorWarmUp: TimeSpan.FromSeconds(0.2), WarmUp: TimeSpan.FromSeconds(0.5), RunUp: TimeSpan.FromSeconds(0.1),
        Measured: TimeSpan.FromSeconds(0.4), Soak: TimeSpan.FromSeconds(1));

    /// <summary>How many customers one connection may see for the first time in one measurement of lives.</summary>
    public int LivesPerConnection => (int)((RunUp + Measured).TotalSeconds * LivesPerSecond / Connections) + 1;
}
