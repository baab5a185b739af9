using Marketplace.Jobs.Secrets;
using Npgsql;

namespace Marketplace.Shell.Secrets;

/// <summary>Secrets whose time is over, in PostgreSQL.</summary>
internal sealed class SecretExpiries(NpgsqlDataSource database) : ISecretExpiries
{
    public async Task Request(DateTimeOffset now, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await SecretRows.RequestExpiry(connection, now, cancel);
    }
}
