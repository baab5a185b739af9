using Marketplace.Jobs.Usage;
using Npgsql;

namespace Marketplace.Shell.Usage;

/// <summary>What was told of everybody's days, in PostgreSQL.</summary>
internal sealed class LedgerDays(NpgsqlDataSource database) : ILedgerDays
{
    public Task CountAnew(DateTimeOffset now, CancellationToken cancel) => ToldDayRows.CountAnew(database, now, cancel);
}
