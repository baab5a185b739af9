namespace Marketplace.Simulator.Clock;

/// <summary>The clock, who follows it, how fast it runs, and where it is going.</summary>
internal sealed record ClockPart(VirtualClock Clock, ClockFollowers Followers, ClockPace Pace, Journey Journey)
{
    public override string ToString() => nameof(ClockPart);
}
