using Marketplace.Shell.Charts;
using Marketplace.Shell.Dashboard;

namespace Marketplace.Shell.OperatorConsole.Overview;

/// <param name="Month">The one under way.</param>
/// <param name="Troubles">What needs a person; empty where nothing does.</param>
public sealed record OverviewView(
    MomentView At, string Month, IReadOnlyList<TileView> Tiles, IReadOnlyList<TroubleView> Troubles, IReadOnlyList<ProductRow> Products,
    ChartView Installs, ChartView Revenue, ChartView Reports);

/// <summary>A number at a glance.</summary>
/// <param name="Address">Where more of it is; null where nothing is.</param>
/// <param name="Text">What it means, where the label does not say it.</param>
public sealed record TileView(string Label, string Value, string? Text, string? Address);

/// <param name="Does">What is wrong then, and what to do.</param>
/// <param name="Address">Where it is repaired; null where there is no such page.</param>
public sealed record TroubleView(string Count, string Label, string Does, string? Address, bool IsBad);

/// <summary>The resources of a product, by how they stand.</summary>
public sealed record ProductRow(string Name, string Ready, string Pending, string Suspended, string Error, string All);
