namespace Marketplace.Jobs.Scheduling;

/// <summary>Forgets what is over, so few at a time that nobody waits for the locks.</summary>
internal static class Forgetting
{
    private const int BatchSize = 1000;

    /// <param name="forget">Forgets at most so many, and says how many it was.</param>
    public static async Task InBatches(Func<int, Task<int>> forget, CancellationToken cancel)
    {
        while (await forget(BatchSize) == BatchSize)
            cancel.ThrowIfCancellationRequested();
    }
}
