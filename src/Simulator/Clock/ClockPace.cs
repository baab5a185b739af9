using System.Diagnostics;

namespace Marketplace.Simulator.Clock;

/// <summary>
/// Lets time run faster than real time, in steps that everybody can follow: a provider that needs longer for a step than it lasts slows the
/// clock down, and is not outrun. What was lost so is not made up for later.
/// </summary>
internal sealed class ClockPace(VirtualClock clock, ClockAdvance advance)
{
    /// <summary>In real time: how often it moves where an hour lasts longer than that.</summary>
    private static readonly TimeSpan BeatMax = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan StepMax = TimeSpan.FromHours(1);

    private readonly ReachedSpeed reached = new();

    /// <summary>How many times as fast as real time it has been running of late; 0 while it is paused.</summary>
    public double ReachedSpeed => clock.IsPaused ? 0 : clock.IsStanding ? reached.Now(BeatMax) : 1;

    public async Task Keep(ILogger logger, CancellationToken cancel)
    {
        var last = Stopwatch.GetTimestamp();
        while (true)
        {
            var moved = clock.Moved;
            if (clock.IsPaused || !clock.IsStanding)
            {
                reached.Forget();
                await moved.WaitAsync(cancel);
                last = Stopwatch.GetTimestamp();
                continue;
            }

            var speed = clock.Speed;
            var rest = Beat(speed) - Stopwatch.GetElapsedTime(last);
            if (rest > TimeSpan.Zero)
            {
                await Task.WhenAny(moved, Task.Delay(rest, cancel));
                cancel.ThrowIfCancellationRequested();
                continue;
            }

            var now = Stopwatch.GetTimestamp();
            var due = speed * Stopwatch.GetElapsedTime(last, now);
            last = now;
            await Move(due < StepMax ? due : StepMax, logger, cancel);
        }
    }

    private async Task Move(TimeSpan span, ILogger logger, CancellationToken cancel)
    {
        try
        {
            reached.Add(await advance.Glide(span, cancel));
        }
        catch (FollowerBehindException behind)
        {
            logger.LogWarning("The clock stands until it is followed again. {Reason}", behind.Message);
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            logger.LogError(fault, "A step of the clock could not be worked off.");
        }
    }

    private static TimeSpan Beat(double speed) => StepMax / speed is var hour && hour < BeatMax ? hour : BeatMax;
}
