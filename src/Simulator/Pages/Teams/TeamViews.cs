namespace Marketplace.Simulator.Pages.Teams;

/// <summary>All teams.</summary>
public sealed record TeamsView(IReadOnlyList<TeamCard> Teams);

/// <param name="Installation">How the Marketplace's installation is; none where there is none.</param>
public sealed record TeamCard(string Address, string Name, string Initial, bool IsPersonal, string People, string Resources, Site.Mark? Installation);

/// <summary>One team.</summary>
/// <param name="SignedIn">The member who sits before the browser.</param>
public sealed record TeamView(
    string Address, string AccountId, string Name, bool IsPersonal, string? ContactEmail, string? ContactName, IReadOnlyList<MemberRow> Members,
    string SignedIn, IReadOnlyList<InstallationRow> Installations, string? Install, IReadOnlyList<ProjectRow> Projects);

/// <param name="CanGo">Somebody else in the team has the say as well, or this one has none.</param>
public sealed record MemberRow(string UserId, string Name, string? Email, string Role, bool IsAdmin, bool CanGo);

/// <param name="Address">None for an installation that has no page, as it brings no resources.</param>
public sealed record InstallationRow(string? Address, string Id, string Kind, Site.Mark Stage, string Resources, DateTimeOffset At);

public sealed record ProjectRow(string Address, string Name, string Resources);
