using System.Collections.Immutable;

namespace Marketplace.Integration.Conformance.Provider;

/// <summary>What a provider knows of Vercel: its address, and what the Integration Console shows.</summary>
/// <param name="Vercel">Serves the API, the keys, the dashboard, and where there is one the virtual clock.</param>
internal sealed record ProviderSettings(Uri Vercel, string IntegrationId, string ClientSecret, string Slug)
{
    /// <summary>Whether the time is asked for at <c>/clock</c>; else it is the machine's.</summary>
    public bool FollowsClock { get; init; } = true;

    /// <summary>Where it does not keep the contract; nowhere when it is empty.</summary>
    public ImmutableHashSet<Breakage> Breakages { get; init; } = [];

    /// <summary>What it does otherwise than most, within the contract.</summary>
    public ImmutableHashSet<Oddity> Oddities { get; init; } = [];

    /// <summary>The <c>iss</c> of every token.</summary>
    public string Issuer => Vercel.ToString().TrimEnd('/');

    public bool Breaks(Breakage breakage) => Breakages.Contains(breakage);

    public bool Is(Oddity oddity) => Oddities.Contains(oddity);

    public override string ToString() => $"{IntegrationId}, which breaks {(Breakages.IsEmpty ? "nothing" : string.Join(", ", Breakages))}";
}
