using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Marketplace.Simulator.Experimentation;

/// <summary>A flag or experiment of the provider, for the customer to look up in Vercel's dashboard. Source: contract D.11.</summary>
internal sealed record ExperimentationItem(
    string Id, string Slug, string Origin, string? Category, string? Name, string? Description, bool? IsArchived, decimal? CreatedAt,
    decimal? UpdatedAt);

/// <summary>
/// A store of the customer's into which a provider may push, so that deployments read flags without asking anybody; an Edge Config by its
/// older name. Source: contract D.11, §E.13.
/// </summary>
/// <param name="Token">Lets deployments read it.</param>
internal sealed record GlobalConfig(string Id, string TokenId, string Token, DateTimeOffset UpdatedAt)
{
    public ImmutableSortedDictionary<string, JsonElement> Items { get; init; } =
        ImmutableSortedDictionary.Create<string, JsonElement>(StringComparer.Ordinal);

    /// <summary>Whether the customer lets the provider push.</summary>
    public bool IsSynced { get; init; } = true;

    /// <summary>The same for the same content, in whatever order it came.</summary>
    [JsonIgnore]
    public string Digest => Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(Items)));

    /// <summary>What a deployment reads as <c>EXPERIMENTATION_CONFIG</c>.</summary>
    [JsonIgnore]
    public string ConnectionString => $"https://global-config.vercel.example/{Id}?token={Token}";

    public override string ToString() => $"GlobalConfig {Id}";
}
