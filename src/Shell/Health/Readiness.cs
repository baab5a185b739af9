using System.Text.Json.Serialization;

namespace Marketplace.Shell.Health;

/// <summary>Whether this process can do its work now, and where it lacks something, what.</summary>
/// <param name="Status">
/// <c>ready</c>; <c>degraded</c>, where it can do its own work, and something is amiss beside it; or <c>unready</c>.
/// </param>
/// <param name="Database"><c>reachable</c> or <c>unreachable</c>.</param>
/// <param name="Migrations"><c>applied</c>, <c>pending</c>, or <c>unknown</c> without a database.</param>
/// <param name="Jobs">
/// In a worker <c>running</c>, <c>stopped</c> where its scheduler does not run, or <c>silent</c> where nobody has heard of it for too long;
/// elsewhere <c>elsewhere</c>, or <c>nowhere</c> when no worker lives; <c>unknown</c> without a database at our schema.
/// </param>
/// <param name="Workers">How many live.</param>
public sealed record Readiness(string Status, string Database, string Migrations, string Jobs, int Workers)
{
    public static readonly Readiness Behind = new("unready", "reachable", "pending", "unknown", 0);
    public static readonly Readiness Alone = new("unready", "unreachable", "unknown", "unknown", 0);

    /// <summary>
    /// A node of the API is to be sent requests also when no worker lives: to take every node away would turn what is late into what is lost.
    /// </summary>
    [JsonIgnore]
    public bool IsUnready => Status == "unready";

    /// <summary>In a process that runs jobs.</summary>
    public static Readiness OfWorker(bool isRunning, bool isHeardOf, int workers) =>
        (isRunning, isHeardOf) switch
        {
            (true, true) => new("ready", "reachable", "applied", "running", workers),
            (false, _) => new("unready", "reachable", "applied", "stopped", workers),
            (true, false) => new("unready", "reachable", "applied", "silent", workers),
        };

    /// <summary>In one that leaves them to others.</summary>
    public static Readiness OfOther(int workers) => workers > 0
        ? new("ready", "reachable", "applied", "elsewhere", workers)
        : new("degraded", "reachable", "applied", "nowhere", workers);
}
