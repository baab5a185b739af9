namespace Marketplace.Shell.Clock;

/// <summary>Real time, cut to microseconds: the grain of PostgreSQL, so that what is read back equals what was written.</summary>
public sealed class MicrosecondClock : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => Cut(base.GetUtcNow());

    /// <summary>The last whole microsecond, at offset zero.</summary>
    public static DateTimeOffset Cut(DateTimeOffset time) =>
        new(time.UtcTicks - (time.UtcTicks % TimeSpan.TicksPerMicrosecond), TimeSpan.Zero);
}
