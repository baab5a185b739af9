using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Marketplace.Driver.Customers;
using Marketplace.Driver.Servers;
using Npgsql;

namespace Marketplace.Driver.Keys;

/// <summary>
/// Keys that customers show at a gateway, each as the bytes of a question about it. One of twenty was never handed out.
/// </summary>
internal sealed class ShownKeys(string gateway, IReadOnlyList<Holding> holdings)
{
    private const int WrongEvery = 20;

    private readonly (string Key, byte[] Question)[] keys =
    [
        .. holdings.Select(holding =>
        {
            var key = $"ak.{Base64Url.EncodeToString(holding.Owner.Installation)}.{Encoding.UTF8.GetString(holding.Resource)}."
                + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
            return (key, Question(gateway, key));
        }),
    ];

    public int Count => keys.Length;

    public static bool IsWrong(int number) => number % WrongEvery == WrongEvery - 1;

    public byte[] Question(int number) => keys[number % keys.Length].Question;

    /// <summary>Each good one in place of the key that the server has handed out for the resource, of which it told the hash to nobody.</summary>
    public async Task HandOut(Contender server, CancellationToken cancel)
    {
        foreach (var (number, holding) in holdings.Index())
        {
            if (IsWrong(number))
                continue;
            await using var command = server.Database.Data.CreateCommand("update api_key set key_hash = $3 where installation_id = $1 and resource_id = $2");
            command.Parameters.Add(new NpgsqlParameter { Value = Encoding.UTF8.GetString(holding.Owner.Installation) });
            command.Parameters.Add(new NpgsqlParameter { Value = Encoding.UTF8.GetString(holding.Resource) });
            command.Parameters.Add(new NpgsqlParameter { Value = Hash(keys[number].Key) });
            await command.ExecuteNonQueryAsync(cancel);
        }
    }

    /// <summary>The same at the floor, which has an answer ready for each.</summary>
    public async Task HandOutAtFloor(Contender floor, CancellationToken cancel)
    {
        foreach (var (number, holding) in holdings.Index())
        {
            if (IsWrong(number))
                continue;
            await using var command = floor.Database.Data.CreateCommand(
                """
                insert into document (installation_id, name, body) values ('', $1, jsonb_build_object(
                    'valid', true, 'installationId', $2::text, 'resourceId', $3::text, 'productId', 'acme-keys', 'billingPlanId', 'free'))
                """);
            command.Parameters.Add(new NpgsqlParameter { Value = Convert.ToHexStringLower(Hash(keys[number].Key)) });
            command.Parameters.Add(new NpgsqlParameter { Value = Encoding.UTF8.GetString(holding.Owner.Installation) });
            command.Parameters.Add(new NpgsqlParameter { Value = Encoding.UTF8.GetString(holding.Resource) });
            await command.ExecuteNonQueryAsync(cancel);
        }
    }

    private static byte[] Hash(string key) => SHA256.HashData(Encoding.ASCII.GetBytes(key));

    private static byte[] Question(string gateway, string key)
    {
        var body = $$"""{"key":"{{key}}"}""";
        return Encoding.ASCII.GetBytes(
            $"POST /provider/v1/keys/verify HTTP/1.1\r\nHost: marketplace\r\nAuthorization: Bearer {gateway}\r\n"
            + $"Content-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}");
    }
}
