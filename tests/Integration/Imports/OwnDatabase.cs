using Marketplace.Integration.Postgres;
using Npgsql;

namespace Marketplace.Integration.Imports;

/// <summary>A customer of Acme Postgres from before Vercel: a role with a password, and databases that belong to it.</summary>
internal sealed class OwnDatabase : IAsyncDisposable
{
    private readonly NpgsqlDataSource server;
    private readonly List<string> databases = [];

    private OwnDatabase(NpgsqlDataSource server) => this.server = server;

    public string Role { get; } = $"own_{Guid.NewGuid().ToString("N")[..10]}";

    public string Password { get; } = $"p'w%{Guid.NewGuid():N}";

    public IReadOnlyList<string> Databases => databases;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static async Task<OwnDatabase> Create(params string[] names)
    {
        var own = new OwnDatabase(NpgsqlDataSource.Create(
            new NpgsqlConnectionStringBuilder(TestDatabase.ServerConnectionString) { MaxPoolSize = 2, MinPoolSize = 0 }.ConnectionString));
        await own.Execute($"CREATE ROLE {own.Role} LOGIN PASSWORD '{own.Password.Replace("'", "''", StringComparison.Ordinal)}'");
        await own.Execute($"GRANT {own.Role} TO current_user");
        foreach (var name in names)
        {
            own.databases.Add($"{own.Role}_{name}");
            await own.Execute($"CREATE DATABASE {own.databases[^1]} TEMPLATE template0 OWNER {own.Role}");
        }

        return own;
    }

    /// <summary>With what a project is given: whether somebody gets in, and as whom.</summary>
    public static async Task<string?> Enter(string url)
    {
        var address = new Uri(url);
        var user = address.UserInfo.Split(':');
        await using var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder
        {
            Host = address.Host, Port = address.Port, Username = Uri.UnescapeDataString(user[0]), Password = Uri.UnescapeDataString(user[1]),
            Database = Uri.UnescapeDataString(address.AbsolutePath[1..]), Pooling = false,
        });
        await using var command = source.CreateCommand("SELECT current_user || ' in ' || current_database()");
        return (string?)await command.ExecuteScalarAsync(Cancel);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var database in databases)
            await TestDatabase.Drop(server, database);
        await Execute($"DROP ROLE IF EXISTS {Role}");
        await server.DisposeAsync();
    }

    public async Task Execute(string sql)
    {
        await using var command = server.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(CancellationToken.None);
    }
}
