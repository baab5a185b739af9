using Marketplace.Simulator.Clock;

namespace Marketplace.Simulator.State;

/// <summary>The clock between two runs: a paused one stands where it stood, a running one went on.</summary>
internal static class KeptClock
{
    public static VirtualClock Resume(ClockReading? kept, SimulatorOptions options, VercelStore store)
    {
        var real = TimeProvider.System.GetUtcNow();
        var clock = kept switch
        {
            null => new VirtualClock(options.Now ?? real, options.Paused),
            { IsPaused: true } => new VirtualClock(kept.Now, paused: true),
            _ => new VirtualClock(kept.Now + (real - kept.ReadAt), paused: false),
        };
        Keep(clock.GetUtcNow(), clock.IsPaused);
        clock.WhenSet = Keep;
        return clock;

        void Keep(DateTimeOffset now, bool isPaused) => store.Change(
            state => state with { Clock = new ClockReading(now, TimeProvider.System.GetUtcNow(), isPaused) });
    }
}
