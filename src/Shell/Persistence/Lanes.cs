namespace Marketplace.Shell.Persistence;

/// <summary>
/// What waits at the same moment goes to the database together. What comes alone waits for nobody; while one lane waits for its answer, the
/// next one is collected and sent.
/// </summary>
/// <param name="lanesMax">How many are under way at a time.</param>
/// <param name="togetherMax">How many share one.</param>
/// <param name="send">Never throws: each of those that waited is told what became of it.</param>
internal sealed class Lanes<T>(int lanesMax, int togetherMax, Func<List<T>, Task> send)
{
    private readonly Lock gate = new();
    private readonly Queue<T> queue = [];
    private int open;

    public void Add(T waiting)
    {
        lock (gate)
        {
            queue.Enqueue(waiting);
            if (open == lanesMax)
                return;
            open++;
        }

        // Not in the context of the call that happens to open it: a lane is everybody's.
        ThreadPool.UnsafeQueueUserWorkItem(static lanes => _ = lanes.Run(), this, preferLocal: false);
    }

    private async Task Run()
    {
        while (Next() is { Count: > 0 } together)
            await send(together);
    }

    /// <summary>Those that came first; none closes the lane.</summary>
    private List<T> Next()
    {
        lock (gate)
        {
            var together = new List<T>();
            while (together.Count < togetherMax && queue.TryDequeue(out var waiting))
                together.Add(waiting);
            if (together.Count == 0)
                open--;
            return together;
        }
    }
}
