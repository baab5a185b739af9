using System.Diagnostics;

namespace Marketplace.Simulator.Clock;

/// <summary>
/// The simulator's time: it stands still until moved, or runs at real speed with an offset. At a higher speed it stands between
/// the steps in which it is moved. Only decisions follow it; timers and time limits of the network stay on real time.
/// </summary>
public sealed class VirtualClock : TimeProvider
{
    /// <summary>Of time, in how many times real speed.</summary>
    public const double SpeedMax = 1_000_000;

    private readonly Lock gate = new();
    private DateTimeOffset setTo;
    private bool isPaused;
    private double speed;
    private long? runningSince;
    private TaskCompletionSource moved = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public VirtualClock(DateTimeOffset now, bool paused, double speed = 1)
    {
        RequireSpeed(speed);
        setTo = Cut(now);
        (isPaused, this.speed) = (paused, speed);
        runningSince = RunsByItself ? Stopwatch.GetTimestamp() : null;
    }

    public bool IsPaused
    {
        get { lock (gate) { return isPaused; } }
    }

    /// <summary>How many times as fast as real time it is asked to run; kept while it is paused.</summary>
    public double Speed
    {
        get { lock (gate) { return speed; } }
    }

    /// <summary>Whether it stands until somebody moves it: paused, or between the steps of a higher speed.</summary>
    public bool IsStanding
    {
        get { lock (gate) { return runningSince is null; } }
    }

    /// <summary>Completes at the next jump, pause or start, and at another speed. At real speed the passing of time is no jump.</summary>
    public Task Moved
    {
        get { lock (gate) { return moved.Task; } }
    }

    /// <summary>Hears of every jump, pause and start, and of another speed, outside of any lock.</summary>
    internal Action? WhenSet { get; set; }

    private bool RunsByItself => !isPaused && speed <= 1;

    public override DateTimeOffset GetUtcNow()
    {
        lock (gate)
        {
            return Now();
        }
    }

    /// <summary>Jumps forward. A time that has passed already is refused: what was decided cannot be undone.</summary>
    public void MoveTo(DateTimeOffset target) =>
        Set(now => target >= now ? target : throw new ArgumentOutOfRangeException(nameof(target), target, "The clock only moves forward."));

    /// <summary>Jumps to the next whole hour, or to the target when that is nearer; none when the target is reached.</summary>
    public DateTimeOffset? StepTowards(DateTimeOffset target) =>
        Set(now => Step(now, target));

    /// <summary>The same, unless it is paused meanwhile, or runs by itself again.</summary>
    public DateTimeOffset? StepTowardsUnlessPaused(DateTimeOffset target) =>
        Set(now => isPaused || RunsByItself ? null : Step(now, target));

    public void Pause() => Set(now =>
    {
        isPaused = true;
        return now;
    });

    public void Run() => Set(now =>
    {
        isPaused = false;
        return now;
    });

    /// <summary>From now on it runs so many times as fast as real time, also when it was paused.</summary>
    public void RunAt(double times)
    {
        RequireSpeed(times);
        Set(now =>
        {
            (isPaused, speed) = (false, times);
            return now;
        });
    }

    private static void RequireSpeed(double times)
    {
        if (times is not (>= 1 and <= SpeedMax))
        {
            throw new ArgumentOutOfRangeException(nameof(times), times, "The speed is from 1 to a million times that of real time.");
        }
    }

    /// <summary>A target between two milliseconds can never be reached, so that it counts as the one before.</summary>
    private static DateTimeOffset? Step(DateTimeOffset now, DateTimeOffset target)
    {
        target = Cut(target);
        var hour = new DateTimeOffset(now.Ticks - (now.Ticks % TimeSpan.TicksPerHour), TimeSpan.Zero).AddHours(1);
        return now >= target ? null : hour < target ? hour : target;
    }

    /// <param name="change">Gives the time to set, or none to leave everything as it is.</param>
    private DateTimeOffset? Set(Func<DateTimeOffset, DateTimeOffset?> change)
    {
        DateTimeOffset now;
        lock (gate)
        {
            if (change(Now()) is not { } next)
            {
                return null;
            }

            setTo = now = Cut(next);
            runningSince = RunsByItself ? Stopwatch.GetTimestamp() : null;
            moved.TrySetResult();
            moved = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        WhenSet?.Invoke();
        return now;
    }

    private DateTimeOffset Now() => runningSince is { } since ? Cut(setTo + Stopwatch.GetElapsedTime(since)) : setTo;

    /// <summary>To the millisecond, the grain of everything that Vercel prints.</summary>
    private static DateTimeOffset Cut(DateTimeOffset time) =>
        new(time.UtcTicks - (time.UtcTicks % TimeSpan.TicksPerMillisecond), TimeSpan.Zero);
}
