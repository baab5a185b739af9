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

    /// <summary>Hears of every jump, pause and start, outside of any lock.</summary>
    internal Action<DateTimeOffset, bool>? WhenSet { get; set; }

    public override DateTimeOffset GetUtcNow()
    {
        lock (gate)
        {
            return Now();
        }
    }

    /// <summary>Jumps forward. A time that has passed already is refused: what was decided cannot be undone.</summary>
    public void MoveTo(DateTimeOffset target) =>
        Set((now, isPaused) => target >= now
            ? (target, isPaused)
            : throw new ArgumentOutOfRangeException(nameof(target), target, "The clock only moves forward."));

    /// <summary>Jumps to the next whole hour, or to the target when that is nearer; none when the target is reached.</summary>
    public DateTimeOffset? StepTowards(DateTimeOffset target) =>
        Set((now, isPaused) =>
        {
            var hour = new DateTimeOffset(now.Ticks - (now.Ticks % TimeSpan.TicksPerHour), TimeSpan.Zero).AddHours(1);
            return now >= target ? null : (hour < target ? hour : target, isPaused);
        });

    public void Pause() => Set((now, _) => (now, true));

    public void Run() => Set((now, _) => (now, false));

    private DateTimeOffset? Set(Func<DateTimeOffset, bool, (DateTimeOffset Now, bool IsPaused)?> change)
    {
        DateTimeOffset now;
        bool isPaused;
        lock (gate)
        {
            if (change(Now(), runningSince is null) is not { } next)
            {
                return null;
            }

            (now, isPaused) = (Cut(next.Now), next.IsPaused);
            setTo = now;
            runningSince = isPaused ? null : Stopwatch.GetTimestamp();
            moved.TrySetResult();
            moved = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        WhenSet?.Invoke(now, isPaused);
        return now;
    }

    private DateTimeOffset Now() => runningSince is { } since ? Cut(setTo + Stopwatch.GetElapsedTime(since)) : setTo;

    /// <summary>To the millisecond, the grain of everything that Vercel prints.</summary>
    private static DateTimeOffset Cut(DateTimeOffset time) =>
        new(time.UtcTicks - (time.UtcTicks % TimeSpan.TicksPerMillisecond), TimeSpan.Zero);
}
