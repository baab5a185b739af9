using Npgsql;

namespace Marketplace.Integration.Postgres;

/// <summary>An empty database for one test, on the real server that <c>./test</c> starts; dropped afterwards.</summary>
/// <remarks>Like the server's own, it belongs to a role with CREATEDB and CREATEROLE and is closed to everybody else.</remarks>
public sealed class TestDatabase : IAsyncDisposable
{
    private const string Key = "ConnectionStrings__Marketplace";

    private const int DropAttemptsMax = 20;

    private readonly NpgsqlDataSource maintenance;

    private TestDatabase(NpgsqlDataSource maintenance, string name, string connectionString)
    {
        this.maintenance = maintenance;
        Name = name;
        ConnectionString = connectionString;
        DataSource = NpgsqlDataSource.Create(connectionString);
    }

    public string Name { get; }

    /// <summary>With the password, as the server's own configuration would have it.</summary>
    public string ConnectionString { get; }

    public NpgsqlDataSource DataSource { get; }

    /// <summary>Of the server that the tests run on. Missing means a failed run, never a skipped test.</summary>
    public static string ServerConnectionString =>
        Environment.GetEnvironmentVariable(Key) is { Length: > 0 } value
            ? value
            : throw new InvalidOperationException($"{Key} is not set, and these tests need a real PostgreSQL: run ./test.");

    public static async Task<TestDatabase> Create(CancellationToken cancel)
    {
        var server = new NpgsqlConnectionStringBuilder(ServerConnectionString) { MaxPoolSize = 2, MinPoolSize = 0 };
        var onServer = NpgsqlDataSource.Create(server);
        var name = $"test_{Guid.NewGuid():N}";
        try
        {
            await Execute(onServer, $"CREATE DATABASE {name} TEMPLATE template0", cancel);
            await Execute(onServer, $"REVOKE CONNECT ON DATABASE {name} FROM PUBLIC", cancel);
        }
        catch
        {
            await onServer.DisposeAsync();
            throw;
        }

        server.Database = name;
        server.MaxPoolSize = 20;
        return new TestDatabase(onServer, name, server.ConnectionString);
    }

    public async Task Execute(string sql, CancellationToken cancel) => await Execute(DataSource, sql, cancel);

    public async ValueTask DisposeAsync()
    {
        await DataSource.DisposeAsync();
        await Drop(maintenance, Name);
        await maintenance.DisposeAsync();
    }

    /// <summary>Of a database that the role of <paramref name="server"/> owns, and that nobody needs any more.</summary>
    public static async Task Drop(NpgsqlDataSource server, string name)
    {
        // The autovacuum may be in it, which this role may not end by force. Without force PostgreSQL sends it away itself, and gives up
        // when that, or anybody else's leaving, takes longer than five seconds: on a busy machine it does.
        for (var attempt = 1; !await Drop($"\"{name}\"{(attempt % 2 == 1 ? " WITH (FORCE)" : "")}", isLast: attempt == DropAttemptsMax); attempt++)
            await Task.Delay(100);

        async Task<bool> Drop(string what, bool isLast)
        {
            try
            {
                await Execute(server, $"DROP DATABASE IF EXISTS {what}", CancellationToken.None);
                return true;
            }
            catch (PostgresException refused) when (
                !isLast && refused.SqlState is (PostgresErrorCodes.InsufficientPrivilege or PostgresErrorCodes.ObjectInUse))
            {
                return false;
            }
        }
    }

    private static async Task Execute(NpgsqlDataSource on, string sql, CancellationToken cancel)
    {
        await using var command = on.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(cancel);
    }
}
