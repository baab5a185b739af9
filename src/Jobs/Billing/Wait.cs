using System.Diagnostics;

namespace Marketplace.Jobs.Billing;

/// <summary>What an installation's billing waits for.</summary>
internal abstract record Wait
{
    private Wait(string reason) => Reason = reason;

    /// <summary>For an operator to read.</summary>
    public string Reason { get; }

    /// <summary>Business time.</summary>
    public sealed record Until(string Why, DateTimeOffset Moment) : Wait(Why);

    /// <summary>Real time.</summary>
    public sealed record For(string Why, TimeSpan Delay) : Wait(Why);

    /// <summary>Vercel does not take the installation's token, and may give another.</summary>
    public sealed record ForToken(string Why) : Wait(Why);
}

internal static class Waiting
{
    public static Task PutOff(this IBillingSchedule schedule, ClaimedWork work, Wait wait, CancellationToken cancel) =>
        wait switch
        {
            Wait.Until until => schedule.Defer(work, until.Reason, until.Moment, cancel),
            Wait.For a => schedule.Postpone(work, a.Reason, a.Delay, cancel),
            Wait.ForToken => schedule.AwaitToken(work, wait.Reason, cancel),
            _ => throw new UnreachableException(wait.GetType().Name),
        };
}
