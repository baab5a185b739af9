using System.Collections.Immutable;
using System.Diagnostics;

namespace Marketplace.Simulator.Clock;

/// <summary>
/// Those who live by this clock. Each asks for the time again and again and says up to when it has worked everything off,
/// so that a step is not over before its work is done.
/// </summary>
internal sealed class ClockFollowers(VirtualClock clock)
{
    public static readonly TimeSpan DroppedAfter = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan HeldFor = TimeSpan.FromMilliseconds(900);

    /// <summary>At real speed the time is told in steps of this size, or every question would be answered at once.</summary>
    private static readonly TimeSpan RunningGrain = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan AskedAgainAfter = TimeSpan.FromMilliseconds(100);

    private readonly Lock gate = new();
    private readonly Dictionary<string, Follower> followers = new(StringComparer.Ordinal);
    private TaskCompletionSource changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Whether there is anybody.</summary>
    public bool Any => !All.IsEmpty;

    /// <summary>Who follows now, by name, and up to when each has worked everything off.</summary>
    public ImmutableList<(string Name, DateTimeOffset? CaughtUpTo)> All
    {
        get
        {
            lock (gate)
            {
                DropTheSilent();
                return
                [
                    .. followers.Values.Select(follower => (follower.Name, follower.CaughtUpTo))
                        .OrderBy(follower => follower.Name, StringComparer.Ordinal),
                ];
            }
        }
    }

    /// <summary>The time as followers are told it.</summary>
    public DateTimeOffset Told()
    {
        var now = clock.GetUtcNow();
        return clock.IsStanding ? now : new DateTimeOffset(now.Ticks - (now.Ticks % RunningGrain.Ticks), TimeSpan.Zero);
    }

    /// <summary>
    /// Answers at once when there is a later time than the follower has worked off, else when the clock moves or shortly before
    /// a second has passed.
    /// </summary>
    public async Task<DateTimeOffset> Ask(string name, DateTimeOffset? caughtUpTo, CancellationToken cancel)
    {
        Update(name, follower => follower with { CaughtUpTo = caughtUpTo, OpenAsks = follower.OpenAsks + 1 });
        try
        {
            var asked = Stopwatch.GetTimestamp();
            while (true)
            {
                var moved = clock.Moved;
                var now = Told();
                var left = HeldFor - Stopwatch.GetElapsedTime(asked);
                if (caughtUpTo is null || now > caughtUpTo || left <= TimeSpan.Zero)
                {
                    Update(name, follower => follower with { Told = now });
                    return now;
                }

                await Task.WhenAny(moved, Task.Delay(left < AskedAgainAfter ? left : AskedAgainAfter, cancel));
                cancel.ThrowIfCancellationRequested();
            }
        }
        finally
        {
            Update(name, follower => follower with
            {
                OpenAsks = follower.OpenAsks - 1,
                LastAsked = Stopwatch.GetTimestamp(),
            });
        }
    }

    /// <summary>Waits until every follower has heard the time, so that it accepts what is signed at that time.</summary>
    public Task WaitUntilTold(DateTimeOffset now, TimeSpan timeout, CancellationToken cancel) =>
        WaitUntil(follower => follower.Told >= now || follower.CaughtUpTo >= now, "heard of", now, timeout, cancel);

    public Task WaitUntilCaughtUp(DateTimeOffset now, TimeSpan timeout, CancellationToken cancel) =>
        WaitUntil(follower => follower.CaughtUpTo >= now, "caught up to", now, timeout, cancel);

    private async Task WaitUntil(
        Func<Follower, bool> done, string verb, DateTimeOffset now, TimeSpan timeout, CancellationToken cancel)
    {
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            Task next;
            List<string> behind;
            lock (gate)
            {
                DropTheSilent();
                next = changed.Task;
                behind = [.. followers.Values.Where(follower => !done(follower)).Select(follower => follower.Name)];
            }

            if (behind.Count == 0)
            {
                return;
            }

            if (Stopwatch.GetElapsedTime(started) > timeout)
            {
                throw new FollowerBehindException(string.Join(", ", behind), verb, now, timeout);
            }

            await Task.WhenAny(next, Task.Delay(TimeSpan.FromMilliseconds(200), cancel));
            cancel.ThrowIfCancellationRequested();
        }
    }

    private void Update(string name, Func<Follower, Follower> change)
    {
        lock (gate)
        {
            var current = followers.GetValueOrDefault(name) ?? new Follower(name, null, null, 0, Stopwatch.GetTimestamp());
            followers[name] = change(current);
            changed.TrySetResult();
            changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    private void DropTheSilent()
    {
        foreach (var silent in followers.Values
            .Where(follower => follower.OpenAsks == 0 && Stopwatch.GetElapsedTime(follower.LastAsked) > DroppedAfter)
            .ToList())
        {
            followers.Remove(silent.Name);
        }
    }

    private sealed record Follower(
        string Name, DateTimeOffset? CaughtUpTo, DateTimeOffset? Told, int OpenAsks, long LastAsked);
}

/// <summary>A follower that asks for the time but does not get its work done.</summary>
internal sealed class FollowerBehindException(string names, string verb, DateTimeOffset now, TimeSpan waited)
    : Exception($"The follower {names} has not {verb} {Wire.Text(now)} within {waited.TotalSeconds:0} seconds.");
