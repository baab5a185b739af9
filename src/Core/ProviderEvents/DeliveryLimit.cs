namespace Marketplace.Core.ProviderEvents;

/// <summary>How long the provider's backend is given to take an event.</summary>
public static class DeliveryLimit
{
    public static readonly TimeSpan TriedFor = TimeSpan.FromDays(3);

    /// <summary>
    /// At least so often, which takes more than an hour: what has waited behind another one for days, or was written late, has its own
    /// chance too.
    /// </summary>
    public const int AttemptsMin = 12;

    /// <summary>Whether an event that has failed now is not tried again.</summary>
    /// <param name="since">When it happened, or was last asked for.</param>
    /// <param name="attempts">That have failed since then.</param>
    public static bool IsReached(DateTimeOffset since, int attempts, DateTimeOffset now) =>
        attempts >= AttemptsMin && now >= since + TriedFor;
}
