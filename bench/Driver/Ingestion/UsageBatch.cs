using System.Globalization;
using System.Text;

namespace Marketplace.Driver.Ingestion;

/// <summary>
/// One request with a thousand events, put together once. Each time it is sent its events have ids that nobody has seen: they are
/// written over the ones before.
/// </summary>
internal sealed class UsageBatch
{
    private const int IdDigits = 24;

    private readonly byte[] bytes;
    private readonly int[] ids;
    private readonly byte[] prefix;
    private long number;

    /// <param name="prefix">Of this connection's ids: eight characters.</param>
    /// <param name="resources">Whose use it is, in turns, each with its installation.</param>
    public UsageBatch(string key, string prefix, IReadOnlyList<(string Installation, string Resource)> resources, int events, DateTimeOffset time)
    {
        this.prefix = Encoding.ASCII.GetBytes(prefix);
        var (body, places) = (new StringBuilder("{\"events\":["), new List<int>());
        for (var index = 0; index < events; index++)
        {
            var (installation, resource) = resources[index % resources.Count];
            body.Append(index == 0 ? "" : ",").Append("{\"id\":\"").Append(prefix);
            places.Add(body.Length);
            body.Append('0', IdDigits).Append("\",\"installation\":\"").Append(installation).Append("\",\"resource\":\"").Append(resource)
                .Append("\",\"metric\":\"calls\",\"quantity\":1.25,\"time\":\"")
                .Append(time.AddMilliseconds(index).UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture)).Append("\"}");
        }

        body.Append("]}");
        var head = $"POST /provider/v1/usage/events HTTP/1.1\r\nHost: marketplace\r\nAuthorization: Bearer {key}\r\n"
            + $"Content-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n";
        bytes = Encoding.ASCII.GetBytes(head + body);
        ids = [.. places.Select(place => head.Length + place)];
        Expected = Encoding.ASCII.GetBytes($"\"accepted\":{events},");
    }

    public int Events => ids.Length;

    /// <summary>What the answer must say.</summary>
    public byte[] Expected { get; }

    /// <summary>The same request with other events.</summary>
    public ReadOnlyMemory<byte> Next()
    {
        foreach (var at in ids)
            System.Buffers.Text.Utf8Formatter.TryFormat(++number, bytes.AsSpan(at, IdDigits), out _, new System.Buffers.StandardFormat('D', IdDigits));
        return bytes;
    }

    public override string ToString() => $"{Events} events, {Encoding.ASCII.GetString(prefix)}";
}
