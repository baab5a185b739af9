using LanguageExt;
using Marketplace.Core.Secrets;
using Npgsql;

namespace Marketplace.Integration.Provisioning.Postgres;

/// <summary>Somebody who has one set of secrets and nothing else.</summary>
internal sealed record Customer(IReadOnlyDictionary<string, string> Secrets)
{
    public string Database => Secrets["PGDATABASE"];

    public string Login => Secrets["PGUSER"];

    public static Customer With(Seq<Secret> secrets) =>
        new(secrets.ToDictionary(secret => secret.Name, secret => secret.Value, StringComparer.Ordinal));

    /// <summary>By the URL alone. Never pooled, so that closed means closed.</summary>
    public async Task<NpgsqlConnection> Connect(CancellationToken cancel, string? database = null)
    {
        var url = new Uri(Secrets["DATABASE_URL"]);
        var user = url.UserInfo.Split(':');
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder
        {
            Host = url.Host,
            Port = url.Port,
            Username = Uri.UnescapeDataString(user[0]),
            Password = Uri.UnescapeDataString(user[1]),
            Database = database ?? Uri.UnescapeDataString(url.AbsolutePath[1..]),
            Pooling = false,
        }.ConnectionString);
        try
        {
            await connection.OpenAsync(cancel);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    public async Task Execute(string sql, CancellationToken cancel)
    {
        await using var connection = await Connect(cancel);
        await Execute(connection, sql, cancel);
    }

    public static async Task Execute(NpgsqlConnection connection, string sql, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancel);
    }

    public async Task<object?> Read(string sql, CancellationToken cancel)
    {
        await using var connection = await Connect(cancel);
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(cancel);
    }

    /// <summary>The SQLSTATE with which the server refuses the connection.</summary>
    public async Task<string> Refusal(CancellationToken cancel, string? database = null) =>
        (await Assert.ThrowsAsync<PostgresException>(async () => await (await Connect(cancel, database)).DisposeAsync())).SqlState;
}
