using Marketplace.Shell.Configuration;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Npgsql;

namespace Marketplace.Shell.DataProtection;

/// <summary>Looks at the key ring at the start: without its keys nothing that is stored can be read.</summary>
internal sealed class KeyRing(IKeyManager keys, IDataProtectionProvider provider, NpgsqlDataSource database)
{
    private const long AdvisoryLock = 0x4B657952696E67; // "KeyRing"

    /// <exception cref="StartRefusedException">A key of the ring does not open with what configuration names.</exception>
    /// <remarks>
    /// The framework would pass over keys that it cannot open and quietly make a new one. Then the start would succeed, and
    /// every token that was stored would be lost.
    /// </remarks>
    public async Task Open(CancellationToken cancel)
    {
        // Of two processes that start on a fresh database, one makes the first key and the other finds it. If both made one,
        // each would know the other's only a day later.
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await using var wait = new NpgsqlCommand($"select pg_advisory_xact_lock({AdvisoryLock})", connection, transaction);
        await wait.ExecuteNonQueryAsync(cancel);

        Require();
        provider.CreateProtector("Marketplace.Start").Protect([]);
        await transaction.CommitAsync(cancel);
    }

    /// <summary>For whoever works beside servers and makes no key: one of his would keep them from starting.</summary>
    /// <exception cref="StartRefusedException">A key of the ring does not open with what configuration names.</exception>
    public void Require()
    {
        if (Look().Stuck is > 0 and var stuck)
        {
            throw new StartRefusedException(
                $"Marketplace cannot start: {Counted.Of(stuck, "key of the key ring in the database does", "keys of the key ring in the database do")} not open with what is configured. "
                + "DataProtection__Key or DataProtection__Certificate must be the one that they were sealed with.");
        }
    }

    /// <summary>How many keys there are, and how many of them do not open. Nothing is changed.</summary>
    public (int All, int Stuck) Look()
    {
        var all = keys.GetAllKeys();
        return (all.Count, all.Count(key => !Opens(key)));
    }

    private static bool Opens(IKey key)
    {
        try
        {
            return key.CreateEncryptor() is not null;
        }
        catch (Exception fault) when (fault is not OutOfMemoryException)
        {
            // The framework wraps whatever the decryptor throws; each of them means the same.
            return false;
        }
    }
}
