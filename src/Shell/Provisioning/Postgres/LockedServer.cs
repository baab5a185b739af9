using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Npgsql;

namespace Marketplace.Shell.Provisioning.Postgres;

/// <summary>
/// A connection to the target server that holds the lock of one name. Most of what is done here cannot run in one
/// transaction (<c>CREATE DATABASE</c> refuses), so that the steps of two calls for the same resource would mix.
/// </summary>
internal sealed class LockedServer : IAsyncDisposable
{
    private readonly long key;

    private LockedServer(NpgsqlConnection connection, long key)
    {
        Connection = connection;
        this.key = key;
    }

    public NpgsqlConnection Connection { get; }

    /// <summary>Waits for other calls on the same name; a fault when they take longer than a statement may.</summary>
    public static async Task<LockedServer> Open(NpgsqlDataSource pool, string name, CancellationToken cancel)
    {
        var server = new LockedServer(await pool.OpenConnectionAsync(cancel), Key(name));
        try
        {
            await server.Execute($"SELECT pg_advisory_lock({server.key})", cancel);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    public async Task Execute(string sql, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(sql, Connection);
        await command.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>All or none of the statements.</summary>
    public async Task ExecuteTogether(IEnumerable<string> statements, CancellationToken cancel)
    {
        await using var transaction = await Connection.BeginTransactionAsync(cancel);
        foreach (var statement in statements)
        {
            await Execute(statement, cancel);
        }

        await transaction.CommitAsync(cancel);
    }

    public async Task<List<string>> Names(string sql, object argument, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(sql, Connection) { Parameters = { new() { Value = argument } } };
        await using var rows = await command.ExecuteReaderAsync(cancel);
        var names = new List<string>();
        while (await rows.ReadAsync(cancel))
        {
            names.Add(rows.GetString(0));
        }

        return names;
    }

    public async Task<bool> Holds(string condition, object argument, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand($"SELECT {condition}", Connection) { Parameters = { new() { Value = argument } } };
        return await command.ExecuteScalarAsync(cancel) is true;
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            // The pool resets a connection when it is used next, which would be too late for the lock.
            await Execute("SELECT pg_advisory_unlock_all()", CancellationToken.None);
        }
        catch (Exception gone) when (gone is NpgsqlException or InvalidOperationException)
        {
            // A broken connection takes its lock with it.
        }
        finally
        {
            await Connection.DisposeAsync();
        }
    }

    private static long Key(string name) =>
        BinaryPrimitives.ReadInt64BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes("acme postgres " + name)));
}
