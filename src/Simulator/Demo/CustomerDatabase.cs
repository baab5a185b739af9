using Npgsql;

namespace Marketplace.Simulator.Demo;

/// <summary>The database as the customer's application sees it: through <c>DATABASE_URL</c> and nothing else.</summary>
internal sealed class CustomerDatabase(string url)
{
    /// <summary>The URL without its password and with its long names cut, to be shown.</summary>
    public string Shown
    {
        get
        {
            var uri = new Uri(url);
            return $"{uri.Scheme}://{Transcript.Cut(uri.UserInfo.Split(':')[0])}:…@{uri.Authority}/{Transcript.Cut(uri.AbsolutePath[1..])}";
        }
    }

    /// <summary>Which refusal a login gets; none when it gets in.</summary>
    public async Task<string?> Refusal(CancellationToken cancel)
    {
        try
        {
            await Scalar("SELECT 1", cancel);
            return null;
        }
        catch (PostgresException refused)
        {
            return $"{refused.SqlState} {refused.MessageText}";
        }
    }

    /// <summary>Writes rows, and answers with how many there are afterwards.</summary>
    public async Task<long> WriteRows(int count, CancellationToken cancel)
    {
        await Scalar("CREATE TABLE IF NOT EXISTS visits (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, page text NOT NULL)", cancel);
        await Scalar($"INSERT INTO visits (page) SELECT repeat(md5(n::text), 8) FROM generate_series(1, {count}) n", cancel);
        return await CountRows(cancel);
    }

    public async Task<long> CountRows(CancellationToken cancel) => (long)(await Scalar("SELECT count(*) FROM visits", cancel))!;

    /// <summary>Whether the server still has it, asked with the provider's own login.</summary>
    public async Task<bool> Exists(CancellationToken cancel)
    {
        var login = Environment.GetEnvironmentVariable("ConnectionStrings__AcmePostgres")
            ?? Environment.GetEnvironmentVariable("ConnectionStrings__Marketplace")
            ?? throw new InvalidOperationException("ConnectionStrings__Marketplace is not set.");
        var name = Uri.UnescapeDataString(new Uri(url).AbsolutePath[1..]).Replace("'", "''", StringComparison.Ordinal);
        return (bool)(await Scalar($"SELECT EXISTS (SELECT FROM pg_database WHERE datname = '{name}')", cancel, login))!;
    }

    private async Task<object?> Scalar(string sql, CancellationToken cancel, string? connectionString = null)
    {
        await using var connection = new NpgsqlConnection(connectionString ?? ConnectionString(url));
        await connection.OpenAsync(cancel);
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(cancel);
    }

    /// <summary>Without a pool: each question is a new login.</summary>
    public static string ConnectionString(string url)
    {
        var uri = new Uri(url);
        var (user, password) = uri.UserInfo.Split(':', 2) is [var name, var word]
            ? (Uri.UnescapeDataString(name), Uri.UnescapeDataString(word))
            : throw new FormatException("DATABASE_URL has no user and password.");
        return new NpgsqlConnectionStringBuilder
        {
            Host = uri.Host,
            Port = uri.Port > 0 ? uri.Port : 5432,
            Username = user,
            Password = password,
            Database = Uri.UnescapeDataString(uri.AbsolutePath.TrimStart('/')),
            Pooling = false,
            Timeout = 10,
        }.ConnectionString;
    }
}
