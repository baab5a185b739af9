using System.Collections.Concurrent;
using System.Collections.Immutable;
using Marketplace.Simulator.Api;

namespace Marketplace.Simulator.Conformance;

/// <summary>Remembers what the provider calls, however much it is: the log itself forgets the oldest.</summary>
internal sealed class CallWatch : IDisposable
{
    private readonly CallLog log;
    private readonly ConcurrentQueue<ApiCall> calls = new();

    public CallWatch(CallLog log)
    {
        this.log = log;
        log.WhenAdded += Note;
    }

    /// <summary>Oldest first.</summary>
    public ImmutableList<ApiCall> Of(string installationId) =>
        [.. calls.Where(call => call.Path.EndsWith($"/installations/{installationId}", StringComparison.Ordinal)
            || call.Path.Contains($"/installations/{installationId}/", StringComparison.Ordinal))];

    public void Dispose() => log.WhenAdded -= Note;

    private void Note(LogEntry entry)
    {
        if (entry is LogEntry.ByProvider(_, var call))
        {
            calls.Enqueue(call);
        }
    }
}
