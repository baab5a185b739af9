using Marketplace.Simulator.Pages.Installations;
using Marketplace.Simulator.Pages.Site;

namespace Marketplace.Simulator.Pages.Transfers;

/// <summary>What an installation gives to other teams, and gets from them.</summary>
/// <param name="Takers">Teams without an installation, who could take over all of this one.</param>
public sealed record TransfersView(
    InstallationHead Head, bool IsUsable, IReadOnlyList<OfferedResource> Resources, IReadOnlyList<OfferRow> Offers, IReadOnlyList<TeamOption> Takers);

public sealed record OfferedResource(string Id, string Name);

public sealed record OfferRow(string Address, string Resources, string From, DateTimeOffset OfferedAt, Mark State);

public sealed record TeamOption(string Value, string Name);

/// <summary>One offer, step by step.</summary>
/// <param name="Left">How long it may still be claimed; none when that is over, or when it is claimed.</param>
/// <param name="Targets">Who may look at it, and what the provider has told those who did.</param>
/// <param name="Installs">Teams that would have to install first.</param>
public sealed record TransferView(
    string Address, string ClaimId, string From, string FromAddress, IReadOnlyList<string> Resources, DateTimeOffset OfferedAt,
    DateTimeOffset ExpiresAt, string? Left, Mark State, string? AcceptedBy, DateTimeOffset? AcceptedAt, IReadOnlyList<TargetRow> Targets, IReadOnlyList<TeamOption> Installs);

/// <summary>A team that may claim it.</summary>
public sealed record TargetRow(string InstallationId, string Team, string Address, bool HasLooked, NeededPlan? Plan);

/// <summary>The plan that the target comes to be on with it. Source: contract §B.5.</summary>
public sealed record NeededPlan(string Name, string? Description, string? Cost, bool NeedsCard, bool IsForAll);
