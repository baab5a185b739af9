using Marketplace.Shell.Persistence;
using Npgsql;

namespace Marketplace.Shell.Health;

/// <summary>Whether this process can do its work now.</summary>
/// <param name="Database"><c>reachable</c> or <c>unreachable</c>.</param>
/// <param name="Migrations"><c>applied</c>, <c>pending</c>, or <c>unknown</c> without a database.</param>
public sealed record Readiness(string Status, string Database, string Migrations)
{
    public static readonly Readiness Ready = new("ready", "reachable", "applied");
    public static readonly Readiness Behind = new("unready", "reachable", "pending");
    public static readonly Readiness Alone = new("unready", "unreachable", "unknown");
}

/// <summary>Asks the database at most once at a time and at most once a second, for anybody may ask us.</summary>
internal sealed class ReadinessCheck(Migrations migrations)
{
    private static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan GoodFor = TimeSpan.FromSeconds(1);

    private readonly Lock gate = new();
    private Task<Readiness>? answer;
    private long answeredFor;

    public Task<Readiness> Ask()
    {
        lock (gate)
        {
            if (answer is null || (answer.IsCompleted && System.Diagnostics.Stopwatch.GetElapsedTime(answeredFor) > GoodFor))
            {
                answeredFor = System.Diagnostics.Stopwatch.GetTimestamp();
                answer = Look();
            }

            return answer;
        }
    }

    private async Task<Readiness> Look()
    {
        using var limit = new CancellationTokenSource(TimeLimit);
        try
        {
            return await migrations.AreApplied(limit.Token) ? Readiness.Ready : Readiness.Behind;
        }
        catch (Exception fault) when (fault is NpgsqlException or OperationCanceledException)
        {
            return Readiness.Alone;
        }
    }
}
