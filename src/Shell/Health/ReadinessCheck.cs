using System.Diagnostics;
using Marketplace.Shell.JobHosts;
using Marketplace.Shell.Persistence;
using Npgsql;

namespace Marketplace.Shell.Health;

/// <summary>Asks the database at most once at a time and at most once a second, for anybody may ask us.</summary>
/// <param name="node">Null in a process that runs no jobs, like its host.</param>
internal sealed class ReadinessCheck(Migrations migrations, NpgsqlDataSource database, JobNode? node, IJobHost? host)
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
            if (answer is null || (answer.IsCompleted && Stopwatch.GetElapsedTime(answeredFor) > GoodFor))
            {
                answeredFor = Stopwatch.GetTimestamp();
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
            if (!await migrations.AreApplied(limit.Token))
                return Readiness.Behind;

            var (workers, isHeardOf) = await HealthRows.Living(database, node, limit.Token);
            return host is null ? Readiness.OfOther(workers) : Readiness.OfWorker(host.IsRunning, isHeardOf, workers);
        }
        catch (Exception fault) when (fault is NpgsqlException or OperationCanceledException)
        {
            return Readiness.Alone;
        }
    }
}
