namespace Marketplace.Simulator.Pages.Resources;

/// <summary>One metric, drawn.</summary>
/// <param name="Reading">The latest value, in words.</param>
/// <param name="Limit">What the plan allows, in words.</param>
/// <param name="LimitY">Where the line of the limit is.</param>
/// <param name="Summary">For whoever does not see the drawing.</param>
public sealed record ChartView(
    string Name, string Reading, string Units, string? Limit, string? LimitY, string Kind, IReadOnlyList<BarView> Bars, string FirstDay, string LastDay,
    string Summary);

/// <summary>One day.</summary>
public sealed record BarView(string Day, string Value, string X, string Y, string Width, string Height);
