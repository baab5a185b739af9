namespace Marketplace.Driver;

/// <summary>How long and how often everything is measured.</summary>
internal sealed record BenchPlan(
    int Connections, int CustomersPerConnection, int LivesPerSecond, int Rounds, TimeSpan WarmUp, TimeSpan FirstWarmUp,
    TimeSpan Measured, TimeSpan Soak)
{
    /// <summary>Under five minutes.</summary>
    public static BenchPlan Full { get; } = new(
        Connections: 64, CustomersPerConnection: 32, LivesPerSecond: 1600, Rounds: 3,
        WarmUp: TimeSpan.FromSeconds(0.5), FirstWarmUp: TimeSpan.FromSeconds(2), Measured: TimeSpan.FromSeconds(3),
        Soak: TimeSpan.FromSeconds(60));

    /// <summary>About a minute.</summary>
    public static BenchPlan Quick { get; } = Full with
    {
        Rounds = 1, FirstWarmUp = TimeSpan.FromSeconds(1), Measured = TimeSpan.FromSeconds(1.5), Soak = TimeSpan.FromSeconds(10),
    };

    /// <summary>Shows that everything works, and says nothing about speed.</summary>
    public static BenchPlan Smoke { get; } = new(
        Connections: 4, CustomersPerConnection: 2, LivesPerSecond: 400, Rounds: 1,
        WarmUp: TimeSpan.FromSeconds(0.1), FirstWarmUp: TimeSpan.FromSeconds(0.2), Measured: TimeSpan.FromSeconds(0.5),
        Soak: TimeSpan.FromSeconds(1));

    /// <summary>How many customers one connection may see for the first time in one measurement of lives.</summary>
    public int LivesPerConnection(TimeSpan warmUp) => (int)((warmUp + Measured).TotalSeconds * LivesPerSecond / Connections) + 1;
}
