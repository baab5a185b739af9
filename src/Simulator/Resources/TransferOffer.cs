using System.Collections.Immutable;
using System.Text.Json;

namespace Marketplace.Simulator.Resources;

/// <summary>Resources that one team has offered, and that another may claim. Source: contract §B.5, §E.11.</summary>
/// <param name="ClaimId">The provider's id of it.</param>
internal sealed record TransferOffer(
    string ClaimId, string SourceId, ImmutableList<string> ResourceIds, DateTimeOffset OfferedAt, DateTimeOffset ExpiresAt)
{
    /// <summary>What the provider told those who looked at it, by their installation.</summary>
    public ImmutableSortedDictionary<string, JsonElement> Verified { get; init; } =
        ImmutableSortedDictionary.Create<string, JsonElement>(StringComparer.Ordinal);

    /// <summary>The installation that has claimed it.</summary>
    public string? AcceptedBy { get; init; }

    public DateTimeOffset? AcceptedAt { get; init; }
}
