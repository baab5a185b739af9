using System.Collections.Concurrent;
using Marketplace.Simulator.Api;

namespace Marketplace.Simulator.Conformance;

/// <summary>
/// Keeps webhooks back from when the answer to an invoice is lost until the provider has sent it again: whoever is told in time need not look,
/// and whoever would send another one is not found out. In real time, as the clock waits for a provider that is not done.
/// </summary>
internal sealed class UntoldInvoices : IDisposable
{
    /// <summary>For a provider that does not send again before it is told.</summary>
    private static readonly TimeSpan KeptMax = TimeSpan.FromSeconds(3);

    private readonly SimulatorServer vercel;
    private readonly ConcurrentDictionary<string, bool> untold = new(StringComparer.Ordinal);

    public UntoldInvoices(SimulatorServer vercel)
    {
        this.vercel = vercel;
        vercel.Log.WhenAdded += Note;
    }

    public void Dispose()
    {
        vercel.Log.WhenAdded -= Note;
        untold.Clear();
        vercel.Dashboard.ReleaseWebhooks();
    }

    private void Note(LogEntry entry)
    {
        if (entry is not LogEntry.ByProvider(_, { Method: "POST" } call) || !call.Operation.EndsWith("/billing/invoices", StringComparison.Ordinal))
        {
            return;
        }

        if (!call.IsDisturbed)
        {
            Tell(call.Path);
        }
        else if (untold.TryAdd(call.Path, true))
        {
            vercel.Dashboard.HoldWebhooks();
            _ = TellLater(call.Path);
        }
    }

    private async Task TellLater(string path)
    {
        await Task.Delay(KeptMax);
        Tell(path);
    }

    private void Tell(string path)
    {
        if (untold.TryRemove(path, out _) && untold.IsEmpty)
        {
            vercel.Dashboard.ReleaseWebhooks();
        }
    }
}
