namespace Marketplace.Jobs;

/// <summary>When to try again: Core's schedule, with jitter so that what failed together does not return together.</summary>
public static class Retries
{
    public static TimeSpan After(int attempts)
    {
        var delay = Core.Time.RetrySchedule.Next(attempts);
        return delay + (delay * (Random.Shared.NextDouble() / 4));
    }
}
