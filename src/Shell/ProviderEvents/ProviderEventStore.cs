using Marketplace.Core.Installations;
using Marketplace.Jobs.Outbox;
using Marketplace.Jobs.ProviderEvents;
using Marketplace.Shell.Persistence;
using Npgsql;

namespace Marketplace.Shell.ProviderEvents;

/// <summary>Events for the provider's backend, in PostgreSQL.</summary>
internal sealed class ProviderEventStore(NpgsqlDataSource database) : IProviderEvents
{
    public async Task<IReadOnlyList<KeptEvent>> Claim(DateTimeOffset now, int eventsMax, TimeSpan lease, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return await ProviderEventRows.Claim(connection, now, eventsMax, lease, cancel);
    }

    public async Task<KeptEvent?> ClaimNext(InstallationId installation, DateTimeOffset now, TimeSpan lease, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return await ProviderEventRows.ClaimNext(connection, installation, now, lease, cancel);
    }

    public Task Delivered(KeptEvent sent, CancellationToken cancel) => Write(
        writes =>
        {
            ProviderEventRows.Delivered(writes, sent);
            if (sent.IsTest)
                OutletRows.Resume(writes);
        },
        cancel);

    public Task Postpone(KeptEvent sent, Setback setback, DateTimeOffset until, CancellationToken cancel) =>
        Write(writes => ProviderEventRows.Postpone(writes, sent, setback, until), cancel);

    public Task Dead(KeptEvent sent, Setback setback, CancellationToken cancel) =>
        Write(writes => ProviderEventRows.Dead(writes, sent, setback), cancel);

    public Task Stop(KeptEvent sent, Setback setback, DateTimeOffset now, CancellationToken cancel) => Write(
        writes =>
        {
            ProviderEventRows.Postpone(writes, sent, setback, now);
            OutletRows.Stop(writes, now);
        },
        cancel);

    public async Task<int> Forget(DateTimeOffset before, int max, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return await ProviderEventRows.Forget(connection, before, max, cancel);
    }

    private Task Write(Action<Writes> write, CancellationToken cancel)
    {
        var writes = new Writes();
        write(writes);
        return writes.Commit(database, cancel);
    }
}
