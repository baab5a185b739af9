namespace Marketplace.Core.Time;

/// <summary>How long to wait before something that failed is tried again: twice as long each time, up to a cap.</summary>
/// <remarks>Without chance: the job adds its jitter, so that many failures of one moment do not return in one moment.</remarks>
public static class RetrySchedule
{
    public static readonly TimeSpan First = TimeSpan.FromSeconds(5);

    /// <summary>Short enough for many tries within the twelve hours that an uninstall leaves.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromMinutes(15);

    /// <summary>The wait after a failed attempt.</summary>
    /// <param name="attempt">How many have failed; what is below one counts as one.</param>
    public static TimeSpan Next(int attempt)
    {
        var doublings = Math.Clamp(attempt - 1L, 0, 20);
        var wait = First * (1 << (int)doublings);
        return wait < Longest ? wait : Longest;
    }
}
