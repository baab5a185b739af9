using System.Diagnostics;

namespace Marketplace.Simulator.Clock;

/// <summary>
/// The simulator's time: it stands still until moved, or runs at real speed with an offset. Only decisions follow it;
/// timers and time limits of the network stay on real time.
/// </summary>
public sealed class VirtualClock : TimeProvider
{
    private readonly Lock gate = new();
    private DateTimeOffset setTo;
    private long? runningSince;
    private TaskCompletionSource moved = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public VirtualClock(DateTimeOffset now, bool paused)
    {
        setTo = Cut(now);
        runningSince = paused ? null : Stopwatch.GetTimestamp();
    }

    public bool IsPaused
    {
        get { lock (gate) { return runningSince is null; } }
    }

    /// <summary>Completes at the next jump, pause or start. At real speed the passing of time is no jump.</summary>
    public Task Moved
    {
        get { lock (gate) { return moved.Task; } }
    }

    public override DateTimeOffset GetUtcNow()
    {
        lock (gate)
        {
            return Now();
        }
    }

    /// <summary>Jumps forward. A time that has passed already is refused: what was decided cannot be undone.</summary>
    public void MoveTo(DateTimeOffset now)
    {
        lock (gate)
        {
            if (now < Now())
            {
                throw new ArgumentOutOfRangeException(nameof(now), now, "The clock only moves forward.");
            }

            Set(now, runningSince is null);
        }
    }

    public void Pause()
    {
        lock (gate)
        {
            Set(Now(), paused: true);
        }
    }

    public void Run()
    {
        lock (gate)
        {
            Set(Now(), paused: false);
        }
    }

    private void Set(DateTimeOffset now, bool paused)
    {
        setTo = Cut(now);
        runningSince = paused ? null : Stopwatch.GetTimestamp();
        moved.TrySetResult();
        moved = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private DateTimeOffset Now() => runningSince is { } since ? Cut(setTo + Stopwatch.GetElapsedTime(since)) : setTo;

    /// <summary>To the millisecond, the grain of everything that Vercel prints.</summary>
    private static DateTimeOffset Cut(DateTimeOffset time) =>
        new(time.UtcTicks - (time.UtcTicks % TimeSpan.TicksPerMillisecond), TimeSpan.Zero);
}
