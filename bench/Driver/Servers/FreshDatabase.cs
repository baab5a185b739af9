using Npgsql;

namespace Marketplace.Driver.Servers;

/// <summary>An empty database for one server, on the PostgreSQL that all of them share; dropped at the end.</summary>
internal sealed class FreshDatabase : IAsyncDisposable
{
    private readonly NpgsqlDataSource maintenance;

    private FreshDatabase(NpgsqlDataSource maintenance, string name, string connectionString)
    {
        this.maintenance = maintenance;
        Name = name;
        ConnectionString = connectionString;
        Data = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(connectionString) { MaxPoolSize = 2 });
    }

    public string Name { get; }

    public string ConnectionString { get; }

    public NpgsqlDataSource Data { get; }

    /// <param name="server">The connection string of a role with CREATEDB.</param>
    public static async Task<FreshDatabase> Create(string server, string purpose, CancellationToken cancel)
    {
        var onServer = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(server) { MaxPoolSize = 2 });
        var name = $"bench_{purpose}_{Guid.NewGuid():N}";
        await Execute(onServer, $"create database {name} template template0", cancel);
        await Execute(onServer, $"revoke connect on database {name} from public", cancel);
        return new FreshDatabase(
            onServer, name, new NpgsqlConnectionStringBuilder(server) { Database = name }.ConnectionString);
    }

    /// <summary>One number out of it.</summary>
    public async Task<long> Count(string sql, CancellationToken cancel)
    {
        await using var command = Data.CreateCommand(sql);
        return Convert.ToInt64(await command.ExecuteScalarAsync(cancel));
    }

    public Task Execute(string sql, CancellationToken cancel) => Execute(Data, sql, cancel);

    /// <summary>Transactions since it was made, as PostgreSQL counts them, about a second late.</summary>
    public Task<long> Transactions(CancellationToken cancel) =>
        Count("select xact_commit from pg_stat_database where datname = current_database()", cancel);

    public async ValueTask DisposeAsync()
    {
        // PostgreSQL gives up tidying a table that somebody wants for himself; a database in which it tidies, only a superuser could drop.
        await Execute("drop owned by current_user cascade", CancellationToken.None);
        await Data.DisposeAsync();
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await Execute(maintenance, $"drop database {Name} with (force)", CancellationToken.None);
                break;
            }
            catch (PostgresException busy) when (busy.SqlState == PostgresErrorCodes.InsufficientPrivilege && attempt < 20)
            {
                // It tidies what is left, which is soon done.
                await Task.Delay(TimeSpan.FromSeconds(1));
            }
        }

        await maintenance.DisposeAsync();
    }

    private static async Task Execute(NpgsqlDataSource on, string sql, CancellationToken cancel)
    {
        await using var command = on.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(cancel);
    }
}
