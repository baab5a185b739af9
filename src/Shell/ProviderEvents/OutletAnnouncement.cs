using Marketplace.Shell.Configuration;
using Marketplace.Shell.Persistence;
using Npgsql;

namespace Marketplace.Shell.ProviderEvents;

/// <summary>
/// Says at the start of a worker whether the backend listens, so that every server keeps events from then on, or none does: who only answers
/// requests needs to know neither the address nor a secret.
/// </summary>
internal sealed class OutletAnnouncement(EventSettings settings, NpgsqlDataSource database) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        var writes = new Writes();
        if (settings.Backend is { } backend)
            OutletRows.Announce(writes, backend.Url, backend.Types is { } types ? [.. types] : null);
        else
            OutletRows.Withdraw(writes);
        return writes.Commit(database, cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
