namespace Marketplace.Jobs;

/// <summary>When to try again.</summary>
public static class Retries
{
    private const int SoonSecondsMax = 60;

    /// <summary>After a failure: Core's schedule, with jitter so that what failed together does not return together.</summary>
    public static TimeSpan After(int attempts)
    {
        var delay = Core.Time.RetrySchedule.Next(attempts);
        return delay + (delay * (Random.Shared.NextDouble() / 4));
    }

    /// <summary>
    /// Where something else has to be done first, which takes moments unless something is broken: after a second, and a second later
    /// each time, up to a minute.
    /// </summary>
    public static TimeSpan Soon(int attempts) => TimeSpan.FromSeconds(Math.Clamp(attempts, 1, SoonSecondsMax));

    /// <summary>
    /// The same where Vercel asked for a time: no earlier. Nor is it earlier than without being asked, because whoever says "at once" to
    /// everybody, in an outage for instance, would use up all attempts within minutes.
    /// </summary>
    public static TimeSpan After(int attempts, TimeSpan? asked) => Later(After(attempts), asked);

    /// <inheritdoc cref="After(int, TimeSpan?)"/>
    public static TimeSpan Soon(int attempts, TimeSpan? asked) => Later(Soon(attempts), asked);

    private static TimeSpan Later(TimeSpan own, TimeSpan? asked) => asked > own ? asked.Value : own;
}
