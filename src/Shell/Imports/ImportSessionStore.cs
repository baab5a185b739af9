using Marketplace.Jobs.Imports;
using Npgsql;

namespace Marketplace.Shell.Imports;

/// <summary>Imports that are over, in PostgreSQL.</summary>
internal sealed class ImportSessionStore(NpgsqlDataSource database) : IImportSessions
{
    public async Task<int> Forget(DateTimeOffset now, int max, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await ImportSessionRows.SweepAttempts(connection, now - SignInGuard.Window, cancel);
        return await ImportSessionRows.Sweep(connection, now - ImportSession.AgeMax, max, cancel);
    }
}
