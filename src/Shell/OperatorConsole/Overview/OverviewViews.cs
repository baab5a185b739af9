using Marketplace.Shell.Charts;
using Marketplace.Shell.Dashboard;

namespace Marketplace.Shell.OperatorConsole.Overview;

/// <param name="Month">The one under way.</param>
/// <param name="Counted">When the usage was counted; null where none was yet.</param>
/// <param name="Troubles">What needs a person; empty where nothing does.</param>
public sealed record OverviewView(
    MomentView At, string Month, IReadOnlyList<TileView> Tiles, IReadOnlyList<TroubleView> Troubles, IReadOnlyList<ProductRow> Products,
    IReadOnlyList<UsageRow> Usage, MomentView? Counted, ChartView Installs, ChartView Revenue, ChartView Reports);

/// <summary>A number at a glance.</summary>
/// <param name="Address">Where more of it is; null where nothing is.</param>
/// <param name="Text">What it means, where the label does not say it.</param>
public sealed record TileView(string Label, string Value, string? Text, string? Address);

/// <param name="Does">What is wrong then, and what to do.</param>
/// <param name="Address">Where it is repaired; null where there is no such page.</param>
/// <param name="Help">What the runbook says of it; null where it says nothing.</param>
public sealed record TroubleView(string Count, string Label, string Does, string? Address, bool IsBad, string? Help);

/// <summary>The resources of a product, by how they stand.</summary>
public sealed record ProductRow(string Name, string Ready, string Pending, string Suspended, string Error, string All);

/// <summary>What all resources of a product used of a metric. Null where nothing was told.</summary>
/// <param name="Units">Null where the metric's name says them.</param>
/// <param name="Month">Amounts of the month so far; of a level the last, of a rate the highest.</param>
public sealed record UsageRow(string Product, string Metric, string? Units, string? Today, string? Yesterday, string? Month, ChartView Days);
