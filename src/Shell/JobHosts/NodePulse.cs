using System.Text.Json;
using Marketplace.Shell.Persistence;
using Npgsql;

namespace Marketplace.Shell.JobHosts;

/// <summary>
/// Says again and again that this node lives and what it runs, writes down what it ran, and wakes the jobs that people ask for. It
/// begins before the host does and ends after it.
/// </summary>
internal sealed partial class NodePulse(
    JobNode node, JobRun run, NodeHistory history, IJobHost host, IJobWakes wakes, NpgsqlDataSource database, ILogger<NodePulse> log)
    : IHostedService, IDisposable
{
    /// <summary>A node that has been silent for so long is dead, or as good as that.</summary>
    public static readonly TimeSpan SilenceMax = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(2);

    /// <summary>Whoever asks which jobs there are hears of those that were announced lately.</summary>
    private static readonly TimeSpan Announcement = TimeSpan.FromHours(1);

    /// <summary>A job that no node has announced for so long is none of any version that runs; also while an old and a new one run side by side.</summary>
    private static readonly TimeSpan Unannounced = 3 * Announcement;

    private readonly CancellationTokenSource end = new();
    private readonly string[] jobs = [.. run.Jobs.Select(job => job.Id)];
    private Task beating = Task.CompletedTask;
    private bool isLate;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await Announce(cancellationToken);
        await Write(cancellationToken);
        beating = Task.Run(() => Go(end.Token), CancellationToken.None);
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await end.CancelAsync();
        await beating;
        try
        {
            await Tell(writes => JobRunRows.Stop(writes, node), history.Look().Unkept, cancellationToken);
        }
        catch (Exception fault) when (fault is NpgsqlException or OperationCanceledException)
        {
            LogLate(fault, node.Name);
        }
    }

    public void Dispose() => end.Dispose();

    private async Task Go(CancellationToken cancel)
    {
        using var timer = new PeriodicTimer(Beat, TimeProvider.System);
        long? announced = null;
        try
        {
            while (await timer.WaitForNextTickAsync(cancel))
            {
                try
                {
                    await Write(cancel);
                    await WakeAsked(cancel);
                    if (host.IsRunning && (announced is not { } last || TimeProvider.System.GetElapsedTime(last) > Announcement))
                    {
                        await Announce(cancel);
                        await ForgetOthers(cancel);
                        announced = TimeProvider.System.GetTimestamp();
                    }

                    isLate = false;
                }
                catch (Exception fault) when (!cancel.IsCancellationRequested)
                {
                    // Once for each time that it cannot; what is not written now is written later.
                    if (!isLate)
                        LogLate(fault, node.Name);
                    isLate = true;
                }
            }
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // It ends with the process.
        }
    }

    private Task Announce(CancellationToken cancel)
    {
        var writes = new Writes();
        foreach (var job in run.Jobs)
            JobRunRows.Announce(writes, job);
        return writes.Commit(database, cancel);
    }

    /// <summary>
    /// Has the host wake no more what no node announces any longer. It is not enough that this node does not have a job: the version after
    /// it, or before it, may.
    /// </summary>
    public async Task ForgetOthers(CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        var announced = await JobRunRows.Announced(connection, Unannounced, cancel);
        foreach (var wake in (await wakes.Load(connection, cancel)).Where(wake => !announced.Contains(wake.Job)))
        {
            await host.Forget(wake.Job, cancel);
            LogForgotten(wake.Job);
        }
    }

    private Task Write(CancellationToken cancel)
    {
        var (running, unkept) = history.Look();
        return Tell(
            writes =>
            {
                JobRunRows.Beat(writes, node, jobs, new Jsonb(JsonSerializer.Serialize(running)));
                JobRunRows.Lose(writes, SilenceMax);
            },
            unkept, cancel);
    }

    /// <summary>Runs that cannot be written down are given up: with them, the node would never again say that it lives.</summary>
    private async Task Tell(Action<Writes> how, IReadOnlyList<FinishedRuns> ended, CancellationToken cancel)
    {
        try
        {
            await Commit(ended);
            history.Kept(ended);
        }
        catch (Exception fault) when (ended.Count > 0 && IsOfTheRows(fault))
        {
            LogGivenUp(fault, node.Name, ended.Count);
            history.GiveUp(ended);
            await Commit([]);
        }

        Task Commit(IReadOnlyList<FinishedRuns> kept)
        {
            var writes = new Writes();
            how(writes);
            JobRunRows.Keep(writes, node, kept);
            JobRunRows.EndAsked(writes, node, ended);
            return writes.Commit(database, cancel);
        }
    }

    /// <summary>What is in the rows cannot be sent, or PostgreSQL does not take it: class 22 or 23. The rest is an outage, which ends.</summary>
    private static bool IsOfTheRows(Exception fault) =>
        fault switch
        {
            PostgresException refused => refused.SqlState is ['2', '2' or '3', ..],
            NpgsqlException { InnerException: { } inner } => IsOfTheRows(inner),
            _ => fault is ArgumentException or InvalidCastException or OverflowException,
        };

    private async Task WakeAsked(CancellationToken cancel)
    {
        foreach (var job in await JobRunRows.Asked(database, jobs, cancel))
        {
            if (!await host.Wake(job, cancel))
                await JobRunRows.AskAgain(database, job, cancel);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The node {Node} cannot write down how {Count} runs ended, and gives them up: the history of the jobs lacks them")]
    private partial void LogGivenUp(Exception fault, string node, int count);

    [LoggerMessage(Level = LogLevel.Information, Message = "The job {Job} is woken no more: no node has announced it for hours")]
    private partial void LogForgotten(string job);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The node {Node} cannot say that it lives, nor write down what it runs; it goes on trying")]
    private partial void LogLate(Exception fault, string node);
}
