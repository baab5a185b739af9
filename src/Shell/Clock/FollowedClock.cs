namespace Marketplace.Shell.Clock;

/// <summary>
/// A clock whose time somebody else turns. Only decisions follow it: timers and timestamps stay real, for the network
/// knows nothing of it.
/// </summary>
public sealed class FollowedClock : TimeProvider
{
    private long ticks;

    /// <summary>Whether a first time was ever set. Before that, asking for the time is a fault.</summary>
    public bool IsSet => Interlocked.Read(ref ticks) != 0;

    public override DateTimeOffset GetUtcNow() =>
        Interlocked.Read(ref ticks) is var now and not 0
            ? new DateTimeOffset(now, TimeSpan.Zero)
            : throw new InvalidOperationException("The followed clock has not told its time yet.");

    public void Set(DateTimeOffset now) => Interlocked.Exchange(ref ticks, MicrosecondClock.Cut(now).Ticks);
}
