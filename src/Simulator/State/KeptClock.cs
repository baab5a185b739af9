using Marketplace.Simulator.Clock;

namespace Marketplace.Simulator.State;

/// <summary>
/// The clock between two runs: a paused one stands where it stood, a running one went on. One that runs faster than real time goes on from
/// where it stood: nobody was there to follow it meanwhile.
/// </summary>
internal static class KeptClock
{
    public static VirtualClock Resume(ClockReading? kept, SimulatorOptions options, VercelStore store)
    {
        var real = TimeProvider.System.GetUtcNow();
        var clock = kept switch
        {
            null => new VirtualClock(options.Now ?? (options.Seed is null ? real : SimulatorOptions.SeededStart), options.Paused, options.Speed),
            { IsPaused: true } or { Speed: > 1 } => new VirtualClock(kept.Now, kept.IsPaused, kept.Speed),
            _ => new VirtualClock(kept.Now + (real - kept.ReadAt), paused: false),
        };
        Keep();
        clock.WhenSet = Keep;
        return clock;

        // Read within the change, so that of two that come at once the later one stays.
        void Keep() => store.Change(
            state => state with { Clock = new ClockReading(clock.GetUtcNow(), TimeProvider.System.GetUtcNow(), clock.IsPaused, clock.Speed) });
    }
}
