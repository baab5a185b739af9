using Marketplace.Core.Installations;
using Marketplace.Shell.Http;
using Marketplace.Shell.Persistence;
using Npgsql;

namespace Marketplace.Shell.Provisioning.Keys;

/// <summary>
/// Looks for keys as they are shown. Nothing is kept between two looks: what was committed before a key was shown is what is found, on every
/// server. Those that wait at the same moment share one round trip, each with a statement of its own on its own partition.
/// </summary>
internal sealed class KeyLookups(NpgsqlDataSource database)
{
    private const int LanesMax = 4;

    /// <summary>All that wait: where the database does not answer, nobody waits for it once more behind others who did.</summary>
    private const int TogetherMax = int.MaxValue;

    /// <summary>Each is one hop from an installation to the one that was given the resource; one that came back is where it began.</summary>
    private const int HopsMax = 100;

    /// <summary>In real time. Somebody stands at a gateway: better a quick word that nothing is known than a late answer.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly Lanes<Waiting> lanes = new(LanesMax, TogetherMax, together => Send(database, together));

    /// <summary>Null where it was never handed out.</summary>
    public async Task<FoundKey.Here?> Find(ApiKey key, CancellationToken cancel)
    {
        var at = key.Installation;
        for (var hops = 0; hops < HopsMax; hops++)
        {
            var found = await Look(at, key, cancel);
            if (found is not FoundKey.Moved moved)
                return (FoundKey.Here?)found;
            at = moved.To;
        }

        throw new CorruptRowException("api_key", key.Resource.Value, $"it has moved more than {HopsMax} times");
    }

    /// <exception cref="NpgsqlException">The database does not answer, or not in time.</exception>
    private async Task<FoundKey?> Look(InstallationId at, ApiKey key, CancellationToken cancel)
    {
        var waiting = new Waiting(at, key);
        lanes.Add(waiting);
        try
        {
            return await waiting.Found.WaitAsync(Patience, cancel);
        }
        catch (TimeoutException late)
        {
            throw new NpgsqlException($"It does not answer within {Patience.TotalSeconds:0} seconds.", late);
        }
    }

    private static async Task Send(NpgsqlDataSource database, List<Waiting> together)
    {
        try
        {
            var loads = new Loads();
            var found = together.ConvertAll(waiting => ApiKeyRows.Find(loads, waiting.At, waiting.Key));
            await loads.Read(database, CancellationToken.None);
            for (var each = 0; each < together.Count; each++)
                together[each].Tell(found[each].Value);
        }
        catch (Exception fault) when (together.Count == 1 || DatabaseOutage.Is(fault))
        {
            together.ForEach(waiting => waiting.Fail(fault));
        }
        catch (Exception)
        {
            // A row that cannot be read must not take the others with it.
            foreach (var one in together)
                await Send(database, [one]);
        }
    }

    private sealed class Waiting(InstallationId at, ApiKey key)
    {
        private readonly TaskCompletionSource<FoundKey?> found = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public InstallationId At => at;

        public ApiKey Key => key;

        public Task<FoundKey?> Found => found.Task;

        public void Tell(FoundKey? what) => found.TrySetResult(what);

        public void Fail(Exception fault) => found.TrySetException(fault);
    }
}
