using Marketplace.Jobs.Scheduling;

namespace Marketplace.Jobs.Search;

/// <summary>Keeps the words by which operators find installations and resources, so that no request has to write their index.</summary>
/// <remarks>Nothing waits for it: whoever searches looks through what is still to be kept as well.</remarks>
public sealed class SearchWords(ISearchWords words) : IScheduledJob
{
    private const int BatchSize = 1000;

    public string Id => "search-words";

    public string Does => "Keeps the words by which operators find installations and resources.";

    public JobSchedule Schedule => JobSchedule.EverySeconds(5);

    public async Task RunOnce(DateTimeOffset now, CancellationToken cancel)
    {
        while (await words.Keep(BatchSize, cancel) == BatchSize)
            cancel.ThrowIfCancellationRequested();
    }
}

/// <summary>The store of words.</summary>
public interface ISearchWords
{
    /// <summary>Keeps the words of at most <paramref name="max"/> changes, and says of how many it was.</summary>
    Task<int> Keep(int max, CancellationToken cancel);
}
