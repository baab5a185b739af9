using System.Runtime.CompilerServices;
using Marketplace.Shell.Persistence;
using Npgsql;

namespace Marketplace.Shell.DataProtection;

/// <summary>What is kept encrypted for good: one ciphertext, and the row for which it was sealed.</summary>
internal sealed record SealedValue(string Table, string[] Row, byte[] Cipher)
{
    public override string ToString() => $"{Table} {string.Join('/', Row)}";
}

/// <summary>Every one of them, for whoever wants to know whether they can be read: after a restore, or before a key is taken away.</summary>
internal static class SealedRows
{
    // Everybody's: an operator's question. What ends by itself within hours is left out.
    private const string AllSql = """
        select 'installation', array[installation_id], unnest(array[access_token, next_access_token, former_access_token]) from installation
        union all
        select 'secret_generation', array[installation_id, resource_id, operation_id], secrets from secret_generation
        union all
        select 'connection', array[installation_id], access_token from connection
        """;

    public static async IAsyncEnumerable<SealedValue> All(NpgsqlDataSource database, [EnumeratorCancellation] CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var command = connection.Command(AllSql);
        command.CommandTimeout = 0;
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            if (!await reader.IsDBNullAsync(2, cancel))
                yield return new SealedValue(reader.GetString(0), reader.GetFieldValue<string[]>(1), reader.GetFieldValue<byte[]>(2));
        }
    }
}
