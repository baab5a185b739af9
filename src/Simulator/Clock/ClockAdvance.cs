namespace Marketplace.Simulator.Clock;

/// <summary>Moves the clock in steps that everybody can follow.</summary>
internal sealed class ClockAdvance(VirtualClock clock, ClockFollowers followers, DueWork work, TimeSpan stepTimeout) : IDisposable
{
    private readonly SemaphoreSlim oneAtATime = new(1, 1);

    /// <summary>
    /// Moves to the target, from whole hour to whole hour. After each step Vercel's own due work is done (webhooks, states of
    /// invoices), and every follower has worked the new time off.
    /// </summary>
    public async Task To(DateTimeOffset target, CancellationToken cancel)
    {
        await oneAtATime.WaitAsync(cancel);
        try
        {
            while (clock.StepTowards(target) is { } now)
            {
                await Settle(now, cancel);
            }
        }
        finally
        {
            oneAtATime.Release();
        }
    }

    /// <summary>
    /// Moves on by the span while time runs faster than real time, and says how far it came. Whoever is behind is waited for first, so that
    /// nobody who was too slow for a step is outrun by the next.
    /// </summary>
    public async Task<TimeSpan> Glide(TimeSpan span, CancellationToken cancel)
    {
        await oneAtATime.WaitAsync(cancel);
        try
        {
            var from = clock.GetUtcNow();
            await followers.WaitUntilCaughtUp(from, stepTimeout, cancel);
            var reached = from;
            while (clock.StepTowardsUnlessPaused(from + span) is { } now)
            {
                reached = now;
                await Settle(now, cancel);
            }

            return reached - from;
        }
        finally
        {
            oneAtATime.Release();
        }
    }

    public Task By(TimeSpan span, CancellationToken cancel) => To(clock.GetUtcNow() + span, cancel);

    public void Dispose() => oneAtATime.Dispose();

    /// <summary>
    /// First everybody hears the time: a provider whose clock is behind would refuse what Vercel signs now. What the followers'
    /// work has caused on Vercel's side is done as well, before the next step.
    /// </summary>
    private async Task Settle(DateTimeOffset now, CancellationToken cancel)
    {
        await followers.WaitUntilTold(now, stepTimeout, cancel);
        await work.DoWhatIsDue(cancel);
        await followers.WaitUntilCaughtUp(now, stepTimeout, cancel);
        await work.DoWhatIsDue(cancel);
    }
}
