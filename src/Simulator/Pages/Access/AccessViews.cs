using Marketplace.Simulator.Pages.Installations;
using Marketplace.Simulator.Pages.Site;

namespace Marketplace.Simulator.Pages.Access;

/// <summary>What the integration may do, and the end of it.</summary>
/// <param name="AllProjects">The integration reaches every project.</param>
/// <param name="CanUninstall">It is installed.</param>
/// <param name="End">How far its end is; none before it was asked for.</param>
public sealed record AccessView(
    InstallationHead Head, bool CanUninstall, IReadOnlyList<ScopeRow> Scopes, bool AllProjects, IReadOnlyList<ReachedProject> Projects,
    string CardAddress, bool CardWorks, EndView? End);

public sealed record ScopeRow(string Name, bool IsGiven);

public sealed record ReachedProject(string Id, string Name, bool IsReached);

/// <summary>The finalization window. Source: contract §E.5.</summary>
/// <param name="Left">Of the window; none when it is over.</param>
/// <param name="PartOver">Of the window, in percent.</param>
/// <param name="ClosingAt">When it closes by itself, because the provider has sent its last invoice.</param>
public sealed record EndView(
    DateTimeOffset RequestedAt, DateTimeOffset WindowEnd, string? Left, int PartOver, DateTimeOffset? ClosingAt, IReadOnlyList<OpenInvoice> Open,
    DateTimeOffset? FinalizedAt);

/// <summary>An invoice that keeps it from being finalized.</summary>
public sealed record OpenInvoice(string Address, string Name, Mark State, string Total);
