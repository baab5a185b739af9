using Marketplace.Core.Installations;
using Marketplace.Core.Usage;
using Marketplace.Jobs.Usage;
using Marketplace.Shell.Installations;
using Marketplace.Shell.Persistence;
using Marketplace.Shell.UsageEvents;
using Npgsql;

namespace Marketplace.Shell.Usage;

/// <summary>Measurements in PostgreSQL.</summary>
internal sealed class MeasurementStore(NpgsqlDataSource database) : IMeasurements
{
    public async Task Record(InstallationId installation, IEnumerable<Measurement> measurements, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var writes = new Writes();
        // A resource that is being handed over at this moment gets its last reading there, after which this one is too late.
        InstallationRows.Hold(writes, installation);
        // And one whose period is being closed at this moment is late.
        UsageEventRows.HoldOpen(writes, installation);
        foreach (var measurement in measurements)
            MeasurementRows.Append(writes, installation, measurement);
        await writes.Commit(transaction, cancel);
    }
}
