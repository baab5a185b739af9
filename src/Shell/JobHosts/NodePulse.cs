using System.Text.Json;
using Marketplace.Shell.Persistence;
using Npgsql;

namespace Marketplace.Shell.JobHosts;

/// <summary>
/// Says again and again that this node lives and what it runs, writes down what it ran, and wakes the jobs that people ask for. It
/// begins before the host does and ends after it.
/// </summary>
internal sealed partial class NodePulse(
    JobNode node, JobRun run, NodeHistory history, IJobHost host, NpgsqlDataSource database, ILogger<NodePulse> log)
    : IHostedService, IDisposable
{
    /// <summary>A node that has been silent for so long is dead, or as good as that.</summary>
    public static readonly TimeSpan SilenceMax = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(2);

    /// <summary>Whoever asks which jobs there are hears of those that were announced lately.</summary>
    private static readonly TimeSpan Announcement = TimeSpan.FromHours(1);

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
            var writes = new Writes();
            JobRunRows.Keep(writes, node, history.Look().Unkept);
            JobRunRows.Stop(writes, node);
            await writes.Commit(database, cancellationToken);
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
        var announced = TimeProvider.System.GetTimestamp();
        try
        {
            while (await timer.WaitForNextTickAsync(cancel))
            {
                try
                {
                    await Write(cancel);
                    await WakeAsked(cancel);
                    if (TimeProvider.System.GetElapsedTime(announced) > Announcement)
                    {
                        await Announce(cancel);
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

    private async Task Write(CancellationToken cancel)
    {
        var (running, unkept) = history.Look();
        var writes = new Writes();
        JobRunRows.Beat(writes, node, jobs, new Jsonb(JsonSerializer.Serialize(running)));
        JobRunRows.Keep(writes, node, unkept);
        JobRunRows.Lose(writes, SilenceMax);
        await writes.Commit(database, cancel);
        history.Kept(unkept);
    }

    private async Task WakeAsked(CancellationToken cancel)
    {
        foreach (var job in await JobRunRows.Asked(database, jobs, cancel))
        {
            if (!await host.Wake(job, cancel))
                await JobRunRows.AskAgain(database, job, cancel);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The node {Node} cannot say that it lives, nor write down what it runs; it goes on trying")]
    private partial void LogLate(Exception fault, string node);
}
