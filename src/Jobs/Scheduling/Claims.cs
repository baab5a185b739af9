using Marketplace.Core.Installations;
using Marketplace.Jobs.Telemetry;

namespace Marketplace.Jobs.Scheduling;

/// <summary>Works off what a store hands out, several at a time.</summary>
internal static class Claims
{
    /// <summary>The same for items that are each about one installation: what is done for one is a span.</summary>
    public static Task WorkOff<T>(
        string job, Func<int, Task<IReadOnlyList<T>>> claim, int lanes, Func<T, InstallationId> of, Func<T, Task> work, CancellationToken cancel) =>
        WorkOff(
            claim, lanes,
            async item =>
            {
                using var span = Traces.Begin(job, of(item))?.SetTag(Traces.JobTag, job);
                await work(item);
            },
            cancel);

    /// <summary>Claims for the lanes that are free, and ends when there is nothing to claim and all is done: one slow item holds up its own lane alone.</summary>
    /// <remarks>It claims several at a time, because to claim is to look through what everybody has.</remarks>
    /// <param name="claim">Hands out at most as many as asked. What it hands out is worked on at once, so that no lease runs while its item waits.</param>
    /// <param name="work">Answers its own faults; one that it lets through ends the claiming, and comes out when the rest is done.</param>
    public static async Task WorkOff<T>(
        Func<int, Task<IReadOnlyList<T>>> claim, int lanes, Func<T, Task> work, CancellationToken cancel)
    {
        var under = new List<Task>(lanes);
        var fewest = Math.Max(1, lanes / 4);
        var faults = new List<Task>();
        while (true)
        {
            if (lanes - under.Count >= fewest && faults.Count == 0 && !cancel.IsCancellationRequested)
                under.AddRange(await Claimed(claim, lanes - under.Count, work));
            if (under.Count == 0)
                break;

            await Task.WhenAny(under);
            foreach (var over in under.Where(task => task.IsCompleted).ToList())
            {
                under.Remove(over);
                if (!over.IsCompletedSuccessfully)
                    faults.Add(over);
            }
        }

        await Task.WhenAll(faults);
        cancel.ThrowIfCancellationRequested();
    }

    /// <summary>A claim that fails is one more piece of work that failed: what was claimed before is still brought to its end.</summary>
    private static async Task<IEnumerable<Task>> Claimed<T>(
        Func<int, Task<IReadOnlyList<T>>> claim, int max, Func<T, Task> work)
    {
        try
        {
            return (await claim(max)).Select(work).ToList();
        }
        catch (Exception fault)
        {
            return [Task.FromException(fault)];
        }
    }
}
