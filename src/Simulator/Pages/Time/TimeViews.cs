using Marketplace.Simulator.Pages.Site;

namespace Marketplace.Simulator.Pages.Time;

/// <summary>The clock, and who lives by it.</summary>
/// <param name="Reached">How fast it really runs, where that may differ from what was asked for.</param>
/// <param name="MovingTo">Where it is on its way to.</param>
/// <param name="Failure">Why it did not get where it was sent last.</param>
public sealed record TimeView(
    DateTimeOffset Now, bool IsPaused, string Speed, Mark? Reached, DateTimeOffset? MovingTo, string? Failure,
    IReadOnlyList<SpeedChoice> Speeds, IReadOnlyList<FollowerRow> Followers);

/// <summary>A speed to choose.</summary>
public sealed record SpeedChoice(string Value, string Text, bool IsChosen);

/// <summary>A server that follows the clock.</summary>
public sealed record FollowerRow(string Name, DateTimeOffset? CaughtUpTo, Mark State);
