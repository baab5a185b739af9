using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Npgsql;

namespace Marketplace.Driver.Servers;

/// <summary>A key of the Provider API, put where the server looks for it.</summary>
internal static class BackendKey
{
    private const string Mark = "mpk_";

    public static string New() => Mark + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    public static async Task Allow(NpgsqlDataSource database, string key, string[] scopes, CancellationToken cancel)
    {
        await using var command = database.CreateCommand(
            "insert into provider_key (key_id, name, prefix, key_hash, scopes) values ('key_bench', 'Bench', $1, $2, $3)");
        command.Parameters.Add(new NpgsqlParameter { Value = key[..(Mark.Length + 6)] });
        command.Parameters.Add(new NpgsqlParameter { Value = SHA256.HashData(Encoding.ASCII.GetBytes(key)) });
        command.Parameters.Add(new NpgsqlParameter { Value = scopes });
        await command.ExecuteNonQueryAsync(cancel);
    }
}
