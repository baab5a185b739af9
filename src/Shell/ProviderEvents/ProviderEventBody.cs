using System.Text.Json;
using Marketplace.Core.Installations;
using Marketplace.Jobs.ProviderEvents;
using Marketplace.Shell.Http;

namespace Marketplace.Shell.ProviderEvents;

/// <summary>What is sent: the same bytes at every attempt.</summary>
/// <param name="Timestamp">When it happened.</param>
/// <param name="InstallationId">Absent where it is a test.</param>
/// <param name="Data">As its type says.</param>
internal sealed record ProviderEventBody(
    string Id, string Type, int Version, DateTime Timestamp, string? InstallationId, JsonElement Data)
{
    /// <summary>Of every type.</summary>
    private const int Current = 1;

    public static ProviderEventBody Of(string id, string type, DateTimeOffset occurredAt, InstallationId installation, string data) => new(
        id, type, Current, occurredAt.UtcDateTime, installation == KeptEvent.Nobody ? null : installation.Value,
        JsonElement.Parse(data));

    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this, WireJson.Options);
}
