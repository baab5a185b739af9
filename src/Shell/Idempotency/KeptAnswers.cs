using Marketplace.Jobs.Idempotency;
using Npgsql;

namespace Marketplace.Shell.Idempotency;

/// <summary>The answers to keyed calls, in PostgreSQL.</summary>
internal sealed class KeptAnswers(NpgsqlDataSource database) : IKeptAnswers
{
    public async Task<int> Forget(DateTimeOffset before, int max, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return await IdempotencyRows.Forget(connection, before, max, cancel);
    }
}
