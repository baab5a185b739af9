using System.Collections.Concurrent;
using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Npgsql;

namespace Marketplace.Shell.ProviderKeys;

/// <summary>
/// Whose a key is. An answer of the store is good for two seconds: so a key costs no round trip with each request, and one that is
/// revoked opens nothing any more within seconds, on every server.
/// </summary>
internal sealed class KnownProviderKeys(NpgsqlDataSource database)
{
    /// <summary>In real time: it is about the store, not about business.</summary>
    private static readonly TimeSpan GoodFor = TimeSpan.FromSeconds(2);

    /// <summary>By hash. Only keys that were found stay, so that there are never more than were made.</summary>
    private readonly ConcurrentDictionary<string, Looked> known = new(StringComparer.Ordinal);

    /// <summary>Null when it is no key, or none any more.</summary>
    public ValueTask<ProviderCaller?> Find(string text)
    {
        if (ProviderKey.Parse(text) is not { } key)
            return new(result: null);

        // By its hash, so that the time of a look says nothing about the keys that are kept here.
        Span<byte> bytes = stackalloc byte[text.Length];
        Encoding.ASCII.GetBytes(text, bytes);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes, hash);
        var name = Convert.ToHexString(hash);
        if (known.TryGetValue(name, out var looked) && looked.IsGood)
            return looked.Caller is { IsCompletedSuccessfully: true, Result: var caller } ? new(caller) : new(looked.Caller);

        return new(Look(name, key, looked));
    }

    /// <summary>Of many requests at one moment the first one looks, and the others wait for what it finds.</summary>
    private async Task<ProviderCaller?> Look(string name, ProviderKey key, Looked? before)
    {
        var finding = new TaskCompletionSource<ProviderCaller?>(TaskCreationOptions.RunContinuationsAsynchronously);
        var mine = new Looked(Stopwatch.GetTimestamp(), finding.Task);
        var isFirst = before is null ? known.TryAdd(name, mine) : known.TryUpdate(name, mine, before);
        if (!isFirst)
            return known.TryGetValue(name, out var others) ? await others.Caller : await ProviderKeyRows.Find(database, key.Hash(), CancellationToken.None);

        try
        {
            var found = await ProviderKeyRows.Find(database, key.Hash(), CancellationToken.None);
            if (found is null)
                known.TryRemove(KeyValuePair.Create(name, mine));
            finding.SetResult(found);
            return found;
        }
        catch (Exception fault)
        {
            known.TryRemove(KeyValuePair.Create(name, mine));
            finding.SetException(fault);
            // Whoever waits sees it; when nobody does, it was seen here.
            _ = finding.Task.Exception;
            throw;
        }
    }

    private sealed record Looked(long At, Task<ProviderCaller?> Caller)
    {
        public bool IsGood => Stopwatch.GetElapsedTime(At) < GoodFor;
    }
}
